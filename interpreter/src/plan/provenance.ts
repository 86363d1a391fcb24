import type { Operand, Provenance } from "./plan.ts";

/** What is known of an operand's value. */
export function provenance(operand: Operand): Provenance {
  switch (operand.op) {
    case "local":
      return operand.known;
    case "input":
    case "base":
      return "json";
    case "get":
      return provenance(operand.of) === "json" ? "json" : "unknown";
    case "set":
      return "set";
    case "const":
      switch (typeof operand.value) {
        case "string":
        case "number":
        case "boolean":
          return typeof operand.value as Provenance;
        default:
          return "unknown";
      }
    case "comprehension":
      return operand.kind === "set" ? "set" : "unknown";
    default:
      return "unknown";
  }
}

/** What is known of the elements of an operand's value. */
export function provenanceWithin(operand: Operand): Provenance {
  return provenance(operand) === "json" ? "json" : "unknown";
}
