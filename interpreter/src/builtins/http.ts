import { objectGet, type RegoObject } from "../value/object.ts";
import { ANY, STRING, named, objectOf } from "../value/type.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { BuiltinError, OperandError, defineBuiltins, type BuiltinContext } from "./builtin.ts";
import { checkHttpRequest } from "./http/parameters.ts";
import { flagOf, planRequest, requestKey } from "./http/plan.ts";
import { failureValue, readAnswer, responseValue } from "./http/response.ts";
import { objectOperand } from "./operands.ts";

export const httpBuiltins = defineBuiltins([
  {
    name: "http.send",
    decl: {
      args: [named("request", objectOf(STRING, ANY), "the HTTP request object")],
      result: named("response", objectOf(ANY, ANY), "the HTTP response object"),
    },
    description: "Returns a HTTP response to the given HTTP request.",
    categories: ["http"],
    nondeterministic: true,
    run: ([request], context) => send(objectOperand(request, 1), context),
  },
]);

type RequestObject = PlainObject | RegoObject;

/** Requests go out through the host (`hostCall`), which decides whether and where to: see `node/http-host.ts`. */
function send(request: RequestObject, context: BuiltinContext): Value {
  const raises = objectGet(request, "raise_error") ?? true;
  if (typeof raises !== "boolean") throw new BuiltinError("invalid value for raise_error field");
  try {
    checkHttpRequest(request, 1);
    return respond(request, raises, context);
  } catch (error) {
    if (raises || !(error instanceof BuiltinError)) throw error;
    return failureValue(located(error, context), false);
  }
}

/** One response for each request within a query, whatever happens outside meanwhile. */
function respond(request: RequestObject, raises: boolean, context: BuiltinContext): Value {
  const responses = responseCache(context);
  const key = requestKey(request);
  const known = responses.get(key);
  if (known !== undefined) return known;
  const plan = planRequest(request);
  const forced = { json: flagOf(request, "force_json_decode"), yaml: flagOf(request, "force_yaml_decode") };
  const answer = readAnswer(context.hostCall("http.send", plan as unknown as Value));
  if ("error" in answer) {
    if (raises) throw new BuiltinError(answer.error);
    return failureValue(answer.error, answer.isNetwork);
  }
  const response = responseValue(answer, forced);
  responses.set(key, response);
  return response;
}

function responseCache(context: BuiltinContext): Map<string, Value> {
  let responses = context.queryCache.get("http.send") as Map<string, Value> | undefined;
  if (!responses) context.queryCache.set("http.send", (responses = new Map()));
  return responses;
}

/** The whole error text, which OPA hands to policies. */
function located(error: BuiltinError, context: BuiltinContext): string {
  const code = error instanceof OperandError ? "eval_type_error" : "eval_builtin_error";
  const { location } = context;
  const place = location
    ? `${location.file === "" ? `${location.row}:${location.col}` : `${location.file}:${location.row}`}: `
    : "";
  return `${place}${code}: http.send: ${error.message}`;
}
