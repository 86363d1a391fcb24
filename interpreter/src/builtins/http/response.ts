import { parseJson } from "../../value/json.ts";
import { isArray, isObject } from "../../value/kind.ts";
import { getOwn, setOwn } from "../../value/plain-object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";
import { parseYaml } from "../go/yaml.ts";

/** What the host answers to an `http.send`: a response, or why there is none. */
export type HttpAnswer =
  | {
      readonly status: string;
      readonly statusCode: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, readonly string[]>>;
      /** The bytes as a Go string (see `go/bytes.ts`). */
      readonly body: string;
    }
  | { readonly error: string; readonly isNetwork: boolean };

export interface BodyDecoding {
  readonly json: boolean;
  readonly yaml: boolean;
}

/** Reads the host's answer back from a value. */
export function readAnswer(answer: Value): HttpAnswer {
  const fields = isObject(answer) ? (answer as PlainObject) : {};
  const error = getOwn(fields, "error");
  if (typeof error === "string") return { error, isNetwork: getOwn(fields, "isNetwork") === true };
  const { status, statusCode, headers, body } = fields;
  if (
    typeof status !== "string" ||
    typeof statusCode !== "number" ||
    typeof body !== "string" ||
    !isObject(headers)
  ) {
    throw new BuiltinError("the host gave no response");
  }
  return { status, statusCode, headers: headers as Readonly<Record<string, readonly string[]>>, body };
}

/** The object that a policy gets for a response; a body that cannot be decoded is null. */
export function responseValue(
  answer: Exclude<HttpAnswer, { error: string }>,
  forced: BodyDecoding,
): PlainObject {
  const headers: Record<string, Value> = {};
  for (const [name, values] of Object.entries(answer.headers))
    setOwn(headers, name.toLowerCase(), [...values]);
  return {
    status: answer.status,
    status_code: answer.statusCode,
    body: decodeBody(answer.body, contentType(headers), forced),
    raw_body: answer.body,
    headers,
  };
}

/** What a policy gets for a failure when it does not want it raised. */
export function failureValue(message: string, isNetwork: boolean): PlainObject {
  const code = isNetwork ? "eval_http_send_network_error" : "eval_http_send_internal_error";
  return { status_code: 0, error: { code, message } };
}

function contentType(headers: PlainObject): string {
  const values = getOwn(headers, "content-type");
  const first = isArray(values ?? null) ? (values as readonly Value[])[0] : undefined;
  return typeof first === "string" ? first : "";
}

function decodeBody(body: string, type: string, forced: BodyDecoding): Value {
  if (forced.json || isJsonType(type)) {
    const parsed = parseJson(body);
    return parsed.ok ? parsed.value : null;
  }
  if (forced.yaml || type.includes("application/yaml") || type.includes("application/x-yaml")) {
    const parsed = parseYaml(body, { rules: "opa" });
    return parsed.ok ? parsed.value : null;
  }
  return null;
}

function isJsonType(type: string): boolean {
  const media = (type.split(";")[0] as string).trim().toLowerCase();
  return media === "application/json" || /^application\/[^/]*\+json$/.test(media);
}
