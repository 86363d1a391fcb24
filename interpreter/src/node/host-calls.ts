import type { AnswerHostCall } from "../rego.ts";

/** Answers one kind of host call, such as `http.send`. */
export type HostCallHandler = (request: Parameters<AnswerHostCall>[1]) => ReturnType<AnswerHostCall>;

/** Answers host calls by kind; a kind that nobody granted is refused, which makes its builtin fail. */
export function hostCalls(handlers: ReadonlyMap<string, HostCallHandler>): AnswerHostCall {
  return (kind, request) => {
    const handler = handlers.get(kind);
    return handler ? handler(request) : Promise.reject(new Error(`${kind} is not switched on`));
  };
}
