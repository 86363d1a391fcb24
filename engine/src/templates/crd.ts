import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, objectAt, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { MATCH_SCHEMA, MATCH_SCHEMA_OBJECT } from "../target/match-schema.ts";
import { decodeSchema, EMPTY_SCHEMA } from "../schema/schema.ts";
import type { Schema } from "../schema/schema.ts";

/** The group of every constraint. */
export const CONSTRAINT_GROUP = "constraints.gatekeeper.sh";

/** What every constraint may hold besides `match` and `parameters`. */
const ENFORCEMENT: PlainObject = {
  enforcementAction: { type: "string", default: "deny" },
  scopedEnforcementActions: {
    type: "array",
    items: {
      type: "object",
      properties: {
        action: { type: "string" },
        enforcementPoints: {
          type: "array",
          items: { type: "object", properties: { name: { type: "string" } } },
        },
      },
    },
  },
};

const NAME: PlainObject = { type: "object", properties: { name: { type: "string", maxLength: 63 } } };

/** The schema of the constraints of a template. Without parameters in the template, `spec.parameters` is unknown. */
export function constraintSchema(parameters: Schema | undefined): Schema {
  const spec = new Map(decodeSchema({ properties: ENFORCEMENT }).properties);
  spec.set("match", MATCH_SCHEMA);
  if (parameters) spec.set("parameters", parameters);
  return {
    ...EMPTY_SCHEMA,
    type: "object",
    properties: new Map([
      ["metadata", { ...decodeSchema(NAME), preserveUnknownFields: true }],
      ["spec", { ...EMPTY_SCHEMA, type: "object", properties: sortedMap(spec) }],
      ["status", { ...EMPTY_SCHEMA, preserveUnknownFields: true }],
    ]),
  };
}

function sortedMap(map: ReadonlyMap<string, Schema>): ReadonlyMap<string, Schema> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export interface CrdInput {
  readonly kind: string;
  readonly template: PlainObject;
  /** The OpenAPI schema of `spec.parameters` as the CRD is to hold it. */
  readonly parameters: PlainObject | undefined;
}

/** The CustomResourceDefinition of a template's constraints (contract 1.2). */
export function constraintCrd({ kind, template, parameters }: CrdInput): PlainObject {
  const plural = kind.toLowerCase();
  const labels = objectAt(template, "metadata", "labels") ?? {};
  const shortNames = listAt(template, "spec", "crd", "spec", "names", "shortNames");
  const schema: PlainObject = { openAPIV3Schema: crdSchema(parameters) };
  const version = (name: string, storage: boolean): PlainObject => ({
    name,
    served: true,
    storage,
    subresources: { status: {} },
    schema,
    additionalPrinterColumns: [
      {
        name: "enforcement-action",
        type: "string",
        description: "Type of enforcement action",
        jsonPath: ".spec.enforcementAction",
      },
      {
        name: "total-violations",
        type: "integer",
        description: "Total number of violations",
        jsonPath: ".status.totalViolations",
      },
    ],
  });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${CONSTRAINT_GROUP}`,
      labels: { ...labels, "gatekeeper.sh/constraint": "yes" },
      ...ownerOf(template),
    },
    spec: {
      group: CONSTRAINT_GROUP,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: plural,
        categories: ["constraint", "constraints"],
        ...(shortNames.length > 0 && { shortNames }),
      },
      preserveUnknownFields: false,
      scope: "Cluster",
      versions: [version("v1beta1", true), version("v1alpha1", false)],
    },
  };
}

/** The template owns its CRD, so that with it the CRD and all constraints go. Only what the API server holds can own. */
function ownerOf(template: PlainObject): PlainObject {
  const uid = textAt(template, "metadata", "uid");
  if (uid === "") return {};
  const owner = {
    apiVersion: "templates.gatekeeper.sh/v1beta1",
    kind: "ConstraintTemplate",
    name: textAt(template, "metadata", "name"),
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return { ownerReferences: [owner] };
}

function crdSchema(parameters: PlainObject | undefined): PlainObject {
  return {
    type: "object",
    properties: {
      metadata: NAME,
      spec: {
        type: "object",
        properties: {
          ...ENFORCEMENT,
          match: MATCH_SCHEMA_OBJECT,
          ...(parameters && { parameters }),
        },
      },
      status: { "x-kubernetes-preserve-unknown-fields": true },
    },
  };
}

/** The parameter schema of a template as its CRD holds it: as written, relaxed the way `legacySchema` asks for. */
export function crdParameters(template: PlainObject, legacy: boolean): PlainObject | undefined {
  const written = objectAt(template, "spec", "crd", "spec", "validation", "openAPIV3Schema");
  if (!legacy) return written;
  return relax(written ?? {});
}

function relax(schema: PlainObject): PlainObject {
  const type = valueAt(schema, "type") ?? "";
  const relaxed: Record<string, Value> = { ...schema };
  if (type === "object" || type === "") relaxed["x-kubernetes-preserve-unknown-fields"] = true;
  const items = objectAt(schema, "items");
  if (items) relaxed["items"] = relax(items);
  else if (type === "array") relaxed["items"] = { "x-kubernetes-preserve-unknown-fields": true };
  else delete relaxed["items"];
  const additional = objectAt(schema, "additionalProperties");
  if (additional) relaxed["additionalProperties"] = relax(additional);
  const properties = objectAt(schema, "properties");
  if (properties) {
    relaxed["properties"] = Object.fromEntries(
      Object.keys(properties).map((key) => [key, relax(objectAt(properties, key) ?? {})]),
    );
  }
  return relaxed;
}
