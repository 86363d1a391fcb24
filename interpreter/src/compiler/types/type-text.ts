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
  let left = MOST_PARTS;
  const textOf = (part: Inferred | undefined): string => {
    if (!part) return "???";
    if (--left < 0) return "...";
    switch (part.kind) {
      case "any":
        return part.of.length > 0 ? `any<${part.of.map(textOf).join(", ")}>` : "any";
      case "array":
        return compositeText("array", part.items.map(textOf), part.rest && textOf(part.rest));
      case "set":
        return part.of ? `set[${textOf(part.of)}]` : "set";
      case "object": {
        const rest = part.rest && `${textOf(part.rest.key)}: ${textOf(part.rest.value)}`;
        return compositeText(
          "object",
          part.fields.map(({ key, value }) => fieldText(key, textOf(value))),
          rest,
        );
      }
      case "function":
        return functionText(part.args.map(textOf), textOf(part.result));
      default:
        return part.kind;
    }
  };
  return textOf(type);
}

/** Types share parts, so that their text may be endless; nobody reads more parts than these. */
const MOST_PARTS = 100_000;

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
