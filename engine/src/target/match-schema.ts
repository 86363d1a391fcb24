import { decodeSchema } from "../schema/schema.ts";
import type { PlainObject } from "@portcullis/interpreter";

/** Where `*` may stand in a glob of `namespaces`, `excludedNamespaces` and `name`. */
const GLOB_PATTERN = "^\\*?[-:a-z0-9]*\\*?$";

const TEXT: PlainObject = { type: "string" };
const TEXTS: PlainObject = { type: "array", items: TEXT };
const GLOB: PlainObject = { type: "string", pattern: GLOB_PATTERN };
const GLOBS: PlainObject = { type: "array", items: GLOB };

const LABEL_SELECTOR: PlainObject = {
  type: "object",
  properties: {
    matchExpressions: {
      type: "array",
      items: {
        type: "object",
        required: ["key", "operator"],
        properties: { key: TEXT, operator: TEXT, values: TEXTS },
      },
    },
    matchLabels: { type: "object", additionalProperties: TEXT },
  },
};

/** The OpenAPI schema of `spec.match`, the same for every constraint. */
export const MATCH_SCHEMA_OBJECT: PlainObject = {
  type: "object",
  properties: {
    excludedNamespaces: GLOBS,
    kinds: {
      type: "array",
      items: { type: "object", properties: { apiGroups: TEXTS, kinds: TEXTS } },
    },
    labelSelector: LABEL_SELECTOR,
    name: GLOB,
    namespaceSelector: LABEL_SELECTOR,
    namespaces: GLOBS,
    scope: TEXT,
    source: { type: "string", enum: ["All", "Generated", "Original"] },
  },
};

export const MATCH_SCHEMA = decodeSchema(MATCH_SCHEMA_OBJECT);
