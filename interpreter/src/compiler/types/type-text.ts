import { isObject } from "../../value/kind.ts";
import { printValue } from "../../value/print.ts";
import type { NamedType } from "../../value/type.ts";
import { declaredType } from "./algebra.ts";
import type { FunctionInferred, Inferred } from "./algebra.ts";
import type { Value } from "../../value/value.ts";

/**
 * A type as errors print it: `any`, `any<number, string>`, `array<number>[string]`, `object<a:
 * number>[string: any]`, `???` for what is unknown.
 */
export function typeText(type: Inferred | undefined): string {
  if (!type) return "???";
  switch (type.kind) {
    case "any":
      return type.of.length > 0 ? `any<${type.of.map(typeText).join(", ")}>` : "any";
    case "array":
      return compositeText("array", type.items.map(typeText), type.rest && typeText(type.rest));
    case "set":
      return type.of ? `set[${typeText(type.of)}]` : "set";
    case "object": {
      const rest = type.rest && `${typeText(type.rest.key)}: ${typeText(type.rest.value)}`;
      return compositeText(
        "object",
        type.fields.map(({ key, value }) => fieldText(key, typeText(value))),
        rest,
      );
    }
    case "function":
      return functionText(type.args.map(typeText), typeText(type.result));
    default:
      return type.kind;
  }
}

export function compositeText(name: string, fixed: readonly string[], rest: string | undefined): string {
  return `${name}${fixed.length > 0 ? `<${fixed.join(", ")}>` : ""}${rest === undefined ? "" : `[${rest}]`}`;
}

export function functionText(args: readonly string[], result: string): string {
  return `(${args.join(", ")}) => ${result}`;
}

export function fieldText(key: Value, type: string): string {
  return `${typeof key === "string" ? key : isObject(key) ? "map" : printValue(key)}: ${type}`;
}

/** The type of a builtin's arg with its name in front: `x: number`. */
export function namedTypeText(type: NamedType): string {
  const text = typeText(declaredType(type));
  return type.name === undefined ? text : `${type.name}: ${text}`;
}

/** The args that a function wants, with names where it declares them; `result` adds the output arg. */
export function wantedArgs(type: FunctionInferred, result: boolean): string[] {
  if (!type.decl) {
    const args = result && type.result ? [...type.args, type.result] : type.args;
    return args.map(typeText);
  }
  const { args, variadic } = type.decl;
  const wanted = [...args, ...(result && type.decl.result ? [type.decl.result] : [])].map(namedTypeText);
  return variadic ? [...wanted, `${typeText(declaredType(variadic))}...`] : wanted;
}
