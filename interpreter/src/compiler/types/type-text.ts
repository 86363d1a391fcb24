import type { NamedType, Type } from "../../value/type.ts";

/** A type as errors print it: `any`, `any<number, string>`, `array<number>[string]`, `object<a: number>[string: any]`. */
export function typeText(type: Type | undefined): string {
  if (!type) return "???";
  switch (type.type) {
    case "any":
      return type.of && type.of.length > 0 ? `any<${type.of.map(typeText).join(", ")}>` : "any";
    case "array": {
      const fixed = type.static && type.static.length > 0 ? `<${type.static.map(typeText).join(", ")}>` : "";
      return `array${fixed}${type.dynamic ? `[${typeText(type.dynamic)}]` : ""}`;
    }
    case "set":
      return `set[${typeText(type.of)}]`;
    case "object": {
      const fields = type.static?.map(({ key, value }) => `${key}: ${typeText(value)}`) ?? [];
      const fixed = fields.length > 0 ? `<${fields.join(", ")}>` : "";
      const rest = type.dynamic ? `[${typeText(type.dynamic.key)}: ${typeText(type.dynamic.value)}]` : "";
      return `object${fixed}${rest}`;
    }
    default:
      return type.type;
  }
}

/** The type of a builtin's arg with its name in front: `x: number`. */
export function namedTypeText(type: NamedType): string {
  return type.name === undefined ? typeText(type) : `${type.name}: ${typeText(type)}`;
}
