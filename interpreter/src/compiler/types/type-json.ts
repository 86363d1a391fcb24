import type { FunctionInferred, Inferred } from "./algebra.ts";

type Known = Inferred | undefined;
type Json = Readonly<Record<string, unknown>>;

/** Types share parts, so that writing one may be endless; nobody reads more parts than these. */
const MOST_PARTS = 10_000;

/**
 * What `write` makes of types, each in the form of OPA's JSON: `{"type": "set", "of": {"type": "string"}}`, null for what is
 * unknown. Undefined where the types have too many parts.
 */
export function withTypesAsJson(write: (typeJson: (type: Known) => Json | null) => Json): Json | undefined {
  let left = MOST_PARTS;
  const typeJson = (type: Known): Json | null => {
    if (!type) return null;
    if (--left < 0) return null;
    switch (type.kind) {
      case "any":
        return { type: "any", ...listed("of", type.of.map(typeJson)) };
      case "array":
        return {
          type: "array",
          ...listed("static", type.items.map(typeJson)),
          ...(type.rest ? { dynamic: typeJson(type.rest) } : {}),
        };
      case "set":
        return { type: "set", ...(type.of ? { of: typeJson(type.of) } : {}) };
      case "object":
        return {
          type: "object",
          ...listed(
            "static",
            type.fields.map(({ key, value }) => ({ key, value: typeJson(value) })),
          ),
          ...(type.rest
            ? { dynamic: { key: typeJson(type.rest.key), value: typeJson(type.rest.value) } }
            : {}),
        };
      case "function":
        return {
          type: "function",
          ...listed("args", type.args.map(typeJson)),
          ...(type.result ? { result: typeJson(type.result) } : {}),
          ...(type.variadic ? { variadic: typeJson(type.variadic) } : {}),
        };
      default:
        return { type: type.kind };
    }
  };
  const written = write(typeJson);
  return left < 0 ? undefined : written;
}

/** The args that a function wants, as it declares them; `result` adds the output. */
export function wantedJson(
  { args, result: output, decl }: FunctionInferred,
  result: boolean,
  typeJson: (type: Known) => Json | null,
): Json {
  if (decl) {
    const wanted = [...decl.args, ...(result && decl.result ? [decl.result] : [])];
    return { ...listed("args", wanted), ...(decl.variadic ? { variadic: decl.variadic } : {}) };
  }
  return listed("args", [...args, ...(result && output ? [output] : [])].map(typeJson));
}

/** OPA leaves empty lists out. */
function listed(name: string, list: readonly unknown[]): Json {
  return list.length > 0 ? { [name]: list } : {};
}
