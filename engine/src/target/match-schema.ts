import { decodeSchema } from "../schema/schema.ts";
import type { PlainObject } from "@portcullis/interpreter";

/** Where `*` may stand in a glob of `namespaces`, `excludedNamespaces` and `name`. */
const GLOB_PATTERN = "^\\*?[-:a-z0-9]*\\*?$";

const TEXT: PlainObject = { type: "string" };
const TEXTS: PlainObject = { type: "array", items: TEXT };
const GLOB: PlainObject = {
  type: "string",
  pattern: GLOB_PATTERN,
  description: "A name, or the start (kube-*), the end (*-system) or a part (*prod*) of one.",
};

function globs(description: string): PlainObject {
  return { type: "array", items: GLOB, description };
}

function labelSelector(description: string): PlainObject {
  return {
    type: "object",
    description,
    "x-kubernetes-map-type": "atomic",
    properties: {
      matchExpressions: {
        type: "array",
        description: "Requirements on labels. All of them have to hold.",
        "x-kubernetes-list-type": "atomic",
        items: {
          type: "object",
          required: ["key", "operator"],
          properties: {
            key: { ...TEXT, description: "The key of the label." },
            operator: { ...TEXT, description: "In, NotIn, Exists or DoesNotExist." },
            values: {
              ...TEXTS,
              description: "What In and NotIn compare with; empty for Exists and DoesNotExist.",
              "x-kubernetes-list-type": "atomic",
            },
          },
        },
      },
      matchLabels: {
        type: "object",
        additionalProperties: TEXT,
        description: "Labels that have to be there with these values.",
      },
    },
  };
}

/** The OpenAPI schema of `spec.match`, the same for every constraint. */
export const MATCH_SCHEMA_OBJECT: PlainObject = {
  type: "object",
  description: "Which objects the constraint is for. All criteria that are given have to hold.",
  properties: {
    excludedNamespaces: globs("Namespaces whose objects the constraint leaves alone."),
    kinds: {
      type: "array",
      description: "Groups and kinds of objects; one entry has to hold.",
      items: {
        type: "object",
        properties: {
          apiGroups: { ...TEXTS, description: "API groups; * or none for all." },
          kinds: { ...TEXTS, description: "Kinds; * or none for all." },
        },
      },
    },
    labelSelector: labelSelector("Selects objects by their labels."),
    name: { ...GLOB, description: "The name of the object; it may begin or end with *." },
    namespaceSelector: labelSelector(
      "Selects objects by the labels of their Namespace, and Namespaces by their own.",
    ),
    namespaces: globs("Namespaces whose objects the constraint is for."),
    scope: { ...TEXT, description: "Cluster or Namespaced; * or nothing for both." },
    source: {
      type: "string",
      enum: ["All", "Generated", "Original"],
      description: "Original objects, those Generated from others by expansion, or All (the default).",
    },
  },
};

export const MATCH_SCHEMA = decodeSchema(MATCH_SCHEMA_OBJECT);
