import { createHash } from "node:crypto";
import { MATCH_SCHEMA_OBJECT } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { anything, fields, flag, integer, listByKey, listOf, oneOf, text, texts } from "./schemas.ts";
import {
  conditions,
  configReport,
  connectionReport,
  constraintReport,
  expansionTemplateReport,
  gathered,
  mutatorReport,
  providerReport,
  templateReport,
} from "./statuses.ts";

/** A kind of Gatekeeper's, as a row of contract 1.0. */
interface Kind {
  readonly kind: string;
  readonly group: string;
  readonly plural: string;
  readonly scope: "Cluster" | "Namespaced";
  /** The first one is stored. */
  readonly versions: readonly string[];
  readonly hasStatus: boolean;
  /** All fields besides `metadata`; they may differ from version to version. */
  readonly properties: (version: string) => Readonly<Record<string, PlainObject>>;
}

/** The CustomResourceDefinitions that have to be there before a process starts; those of constraints come with templates. */
export function customResourceDefinitions(): readonly PlainObject[] {
  return KINDS.map(definition);
}

/** Annotation that tells the states of a definition apart: where it is another one, the chart brings its own. */
export const SCHEMA_ANNOTATION = "gatekeeper.sh/portcullis-schema";

function definition(kind: Kind): PlainObject {
  const spec = specOf(kind);
  const fingerprint = createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 16);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${kind.plural}.${kind.group}.gatekeeper.sh`,
      labels: { "gatekeeper.sh/system": "yes" },
      annotations: { [SCHEMA_ANNOTATION]: fingerprint },
    },
    spec,
  };
}

function specOf({ kind, group, plural, scope, versions, hasStatus, properties }: Kind): PlainObject {
  return {
    group: `${group}.gatekeeper.sh`,
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    scope,
    preserveUnknownFields: false,
    versions: versions.map((version, index) => ({
      name: version,
      served: true,
      storage: index === 0,
      schema: {
        openAPIV3Schema: fields({
          apiVersion: text,
          kind: text,
          metadata: { type: "object" },
          ...properties(version),
        }),
      },
      ...(hasStatus && { subresources: { status: {} } }),
    })),
  };
}

/** The name is one of a label's value. */
const shortName: PlainObject = fields({ name: { ...text, maxLength: 63 } });
const groupVersionKind = { group: text, version: text, kind: text };

function templateProperties(version: string): Readonly<Record<string, PlainObject>> {
  const legacySchema = version !== "v1";
  return {
    spec: fields({
      crd: fields({
        spec: fields({
          names: fields({ kind: text, shortNames: texts }),
          validation: {
            ...fields({
              legacySchema: { ...flag, default: legacySchema },
              openAPIV3Schema: { type: "object", ...anything },
            }),
            default: { legacySchema },
          },
        }),
      }),
      targets: listOf(
        fields({
          target: text,
          rego: text,
          libs: texts,
          code: listByKey("engine", fields({ "engine!": text, "source!": anything }), { maxItems: 256 }),
          operations: listOf(oneOf("*", "CREATE", "UPDATE", "DELETE", "CONNECT")),
        }),
      ),
    }),
    status: fields({ created: flag, byPod: listOf({ type: "object", ...anything }), conditions }),
  };
}

const config = fields({
  sync: fields({ syncOnly: listOf(fields(groupVersionKind)) }),
  validation: fields({
    traces: listOf(fields({ user: text, kind: fields(groupVersionKind), dump: text, constraint: text })),
  }),
  match: listOf(
    fields({
      excludedNamespaces: listOf({ ...text, pattern: "^\\*?[-:a-z0-9]*\\*?$" }),
      processes: texts,
    }),
  ),
  readiness: fields({ statsEnabled: flag }),
});

const applyTo = listOf(
  fields({
    groups: texts,
    kinds: texts,
    versions: texts,
    operations: listOf(oneOf("CREATE", "UPDATE", "*")),
  }),
);
const pathTests = listOf(fields({ subPath: text, condition: oneOf("MustExist", "MustNotExist") }));

const assigned = fields({
  value: anything,
  fromMetadata: fields({ field: text }),
  externalData: fields({
    "provider!": text,
    dataSource: { ...oneOf("ValueAtLocation", "Username"), default: "ValueAtLocation" },
    failurePolicy: { ...oneOf("Fail", "Ignore", "UseDefault"), default: "Fail" },
    default: text,
  }),
});

/** A mutator: named like its own plural, `assign`. */
function mutator(
  kind: string,
  versions: readonly string[],
  spec: Readonly<Record<string, PlainObject>>,
): Kind {
  return {
    kind,
    group: "mutations",
    plural: kind.toLowerCase(),
    scope: "Cluster",
    versions,
    hasStatus: true,
    properties: (version) => ({
      ...(version === versions[0] && { metadata: shortName }),
      spec: fields({ match: MATCH_SCHEMA_OBJECT, location: text, ...spec }),
      status: gathered(mutatorReport),
    }),
  };
}

/** A kind in which pods report. */
function report(subject: string, schema: PlainObject, version = "v1beta1"): Kind {
  const kind = `${subject}PodStatus`;
  return {
    kind,
    group: "status",
    plural: `${kind.toLowerCase()}es`,
    scope: "Namespaced",
    versions: [version],
    hasStatus: false,
    properties: () => ({ status: schema }),
  };
}

const VERSIONS = ["v1", "v1beta1", "v1alpha1"];

const KINDS: readonly Kind[] = [
  {
    kind: "ConstraintTemplate",
    group: "templates",
    plural: "constrainttemplates",
    scope: "Cluster",
    versions: VERSIONS,
    hasStatus: true,
    properties: templateProperties,
  },
  {
    kind: "Config",
    group: "config",
    plural: "configs",
    scope: "Namespaced",
    versions: ["v1alpha1"],
    hasStatus: true,
    properties: () => ({ spec: config, status: gathered(configReport) }),
  },
  {
    kind: "SyncSet",
    group: "syncset",
    plural: "syncsets",
    scope: "Cluster",
    versions: ["v1alpha1"],
    hasStatus: false,
    properties: () => ({
      metadata: shortName,
      spec: fields({ gvks: listOf(fields(groupVersionKind)) }),
    }),
  },
  mutator("Assign", VERSIONS, { applyTo, parameters: fields({ assign: assigned, pathTests }) }),
  mutator("AssignMetadata", VERSIONS, { parameters: fields({ assign: assigned }) }),
  mutator("ModifySet", VERSIONS, {
    applyTo,
    parameters: fields({
      pathTests,
      operation: { ...oneOf("merge", "prune"), default: "merge" },
      values: { type: "object", ...anything },
    }),
  }),
  mutator("AssignImage", ["v1alpha1"], {
    applyTo,
    parameters: fields({ assignDomain: text, assignPath: text, assignTag: text, pathTests }),
  }),
  {
    kind: "ExpansionTemplate",
    group: "expansion",
    plural: "expansiontemplate",
    scope: "Cluster",
    versions: ["v1alpha1", "v1beta1"],
    hasStatus: true,
    properties: (version) => ({
      ...(version === "v1alpha1" && { metadata: shortName }),
      spec: fields({
        applyTo: listOf(fields({ groups: texts, kinds: texts, versions: texts })),
        templateSource: text,
        generatedGVK: fields(groupVersionKind),
        enforcementAction: text,
      }),
      status: gathered(expansionTemplateReport),
    }),
  },
  {
    kind: "Provider",
    group: "externaldata",
    plural: "providers",
    scope: "Cluster",
    versions: ["v1beta1", "v1alpha1"],
    hasStatus: true,
    properties: () => ({
      spec: fields({ url: text, timeout: integer, caBundle: text }),
      status: gathered(providerReport),
    }),
  },
  {
    kind: "Connection",
    group: "connection",
    plural: "connections",
    scope: "Namespaced",
    versions: ["v1alpha1"],
    hasStatus: true,
    properties: () => ({
      spec: fields({ "driver!": text, "config!": anything }),
      status: gathered(connectionReport),
    }),
  },
  report("Constraint", constraintReport),
  report("ConstraintTemplate", templateReport),
  report("Config", configReport),
  report("Mutator", mutatorReport),
  report("ExpansionTemplate", expansionTemplateReport),
  report("Provider", providerReport),
  report("Connection", connectionReport, "v1alpha1"),
];
