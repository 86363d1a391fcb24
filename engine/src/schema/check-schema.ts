import { compareText } from "@portcullis/interpreter";
import { defaultFaults } from "./default-faults.ts";
import type { FieldPath } from "../kubernetes/field-path.ts";
import { keywordFaults } from "./keywords.ts";
import { children } from "./schema-children.ts";
import type { Schema } from "./schema.ts";
import { structuralFaults } from "./structural.ts";

/**
 * Checks that a schema may stand in a CustomResourceDefinition: structural (a type on every level), with sound defaults and
 * keywords that the API server supports. Returns field errors in the API server's words and order: none for a good schema.
 */
export function checkSchema(schema: Schema, path: FieldPath): readonly string[] {
  const keywords = keywordFaults(schema, path);
  if (isStrange(schema)) return keywords.length > 0 ? keywords : [strangeFault(schema)];
  const structural = [...structuralFaults(schema, path)].sort(compareText);
  const first = structural.length > 0 ? structural : defaultFaults(schema, path);
  return [...first, ...keywords];
}

/** A schema that has no structural form at all: the API server then only looks at its keywords. */
function isStrange(schema: Schema): boolean {
  return strangeKeyword(schema) !== undefined;
}

function strangeKeyword(schema: Schema): string | undefined {
  if (schema.refused.length > 0) return schema.refused[0];
  if (schema.itemsAreListed) return "items";
  if (schema.preserveUnknownFields === false) return "x-kubernetes-preserve-unknown-fields";
  for (const { node } of children(schema)) {
    const found = strangeKeyword(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `$schema` is no keyword that is reported by itself. */
function strangeFault(schema: Schema): string {
  const keyword = strangeKeyword(schema)?.replace("$", "") ?? "";
  return `spec.validation.openAPIV3Schema: Invalid value: "": OpenAPIV3Schema '${keyword}' is not supported`;
}
