import type { PlainObject } from "@portcullis/interpreter";

/** An object of Gatekeeper's own kinds that its webhook refuses, and what it says (contract 4.5). */
export interface BadResource {
  readonly what: string;
  readonly object: PlainObject;
  /** The whole refusal: Gatekeeper 3.23 says the same. */
  readonly says: string;
}

const TARGET = "admission.k8s.gatekeeper.sh";
const REGO = 'package x\nviolation[{"msg": "no"}] { true }';

interface TemplateParts {
  readonly name?: string;
  readonly names?: PlainObject;
  readonly targets?: readonly PlainObject[];
  readonly schema?: PlainObject;
}

function template({
  name = "k8sbad",
  names = { kind: "K8sBad" },
  targets,
  schema,
}: TemplateParts): PlainObject {
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name },
    spec: {
      crd: { spec: { names, ...(schema && { validation: { openAPIV3Schema: schema } }) } },
      targets: targets ?? [{ target: TARGET, rego: REGO }],
    },
  };
}

const constraint = (spec: PlainObject): PlainObject => ({
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind: "K8sGood",
  metadata: { name: "bad" },
  spec,
});

/** The template whose constraints the rows are about. */
export const GOOD_TEMPLATE: PlainObject = template({
  name: "k8sgood",
  names: { kind: "K8sGood" },
  schema: { type: "object", properties: { labels: { type: "array", items: { type: "string" } } } },
});

const mutator = (kind: string, spec: PlainObject): PlainObject => ({
  apiVersion: kind === "AssignImage" ? "mutations.gatekeeper.sh/v1alpha1" : "mutations.gatekeeper.sh/v1",
  kind,
  metadata: { name: "bad" },
  spec,
});
const applyTo = [{ groups: [""], versions: ["v1"], kinds: ["Pod"] }];
const value = (given: PlainObject[string]): PlainObject => ({ assign: { value: given } });

const expansion = (spec: PlainObject): PlainObject => ({
  apiVersion: "expansion.gatekeeper.sh/v1beta1",
  kind: "ExpansionTemplate",
  metadata: { name: "bad" },
  spec,
});
const deployments = [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }];
const pods = { group: "", version: "v1", kind: "Pod" };

const provider = (spec: PlainObject): PlainObject => ({
  apiVersion: "externaldata.gatekeeper.sh/v1beta1",
  kind: "Provider",
  metadata: { name: "bad" },
  spec,
});
const base64 = (text: string): string => Buffer.from(text).toString("base64");

export const BAD_RESOURCES: readonly BadResource[] = [
  {
    what: "a template without targets",
    object: template({ targets: [] }),
    says: "invalid ConstraintTemplate: must declare exactly one target",
  },
  {
    what: "a template with two targets",
    object: template({
      targets: [
        { target: TARGET, rego: REGO },
        { target: TARGET, rego: REGO },
      ],
    }),
    says: "invalid ConstraintTemplate: must declare exactly one target",
  },
  {
    what: "a template of another target",
    object: template({ targets: [{ target: "validation.example.com", rego: REGO }] }),
    says: 'invalid ConstraintTemplate: target "validation.example.com" not recognized, known targets [admission.k8s.gatekeeper.sh]',
  },
  {
    what: "a template of a target without name",
    object: template({ targets: [{ rego: REGO }] }),
    says: "invalid ConstraintTemplate: target name must not be empty",
  },
  {
    what: "a template without kind",
    object: template({ names: {} }),
    says: 'invalid ConstraintTemplate: ConstraintTemplate "k8sbad" does not specify CRD Kind',
  },
  {
    what: "a template whose name is not its kind",
    object: template({ name: "k8sother" }),
    says: 'invalid ConstraintTemplate: the ConstraintTemplate\'s name "k8sother" is not equal to the lowercase of CRD\'s Kind: "k8sbad"',
  },
  {
    what: "a template with a name of 64 letters",
    object: template({ name: "k".repeat(64), names: { kind: `K${"k".repeat(63)}` } }),
    says: "resource cannot have metadata.name larger than 63 char; length: 64",
  },
  {
    what: "a template for all operations and one more",
    object: template({ targets: [{ target: TARGET, rego: REGO, operations: ["*", "CREATE"] }] }),
    says: "if '*' is present, must not specify other operations",
  },
  {
    what: "a template whose schema is not structural",
    object: template({ schema: { properties: { a: { type: "string" } } } }),
    says: "invalid ConstraintTemplate: spec.validation.openAPIV3Schema.properties[spec].properties[parameters].type: Required value: must not be empty for specified object fields",
  },
  {
    what: "a constraint with an unknown action",
    object: constraint({ enforcementAction: "nonsense" }),
    says: 'unrecognized enforcementAction: "nonsense" is not within the supported list [deny dryrun warn scoped]',
  },
  {
    what: "a scoped constraint without scoped actions",
    object: constraint({ enforcementAction: "scoped" }),
    says: "error fetching scopedEnforcementActions: scopedEnforcementActions is required",
  },
  {
    what: "a scoped constraint for a point that does not exist",
    object: constraint({
      enforcementAction: "scoped",
      scopedEnforcementActions: [{ action: "deny", enforcementPoints: [{ name: "nowhere" }] }],
    }),
    says: "unrecognized enforcement points: constraint will not be enforced for enforcement points [nowhere], supported enforcement points are [validation.gatekeeper.sh audit.gatekeeper.sh gator.gatekeeper.sh vap.k8s.io]",
  },
  {
    what: "a scoped constraint with an unknown action",
    object: constraint({
      enforcementAction: "scoped",
      scopedEnforcementActions: [{ action: "nonsense", enforcementPoints: [{ name: "*" }] }],
    }),
    says: "unrecognized enforcementAction: [nonsense] is not within the supported list [deny dryrun warn]",
  },
  {
    what: "a constraint whose label selector is none",
    object: constraint({
      match: { labelSelector: { matchExpressions: [{ key: "a", operator: "Nope", values: ["b"] }] } },
    }),
    says: 'invalid Constraint: spec.labelSelector.matchExpressions[0].operator: Invalid value: "Nope": not a valid selector operator',
  },
  {
    what: "a Config with another name",
    object: {
      apiVersion: "config.gatekeeper.sh/v1alpha1",
      kind: "Config",
      metadata: { name: "other", namespace: "default" },
      spec: {},
    },
    says: "config resource must have name 'config'",
  },
  {
    what: "an Assign of metadata",
    object: mutator("Assign", { applyTo, location: "metadata.labels.a", parameters: value("b") }),
    says: "assign bad can't change metadata",
  },
  {
    what: "an Assign without applyTo",
    object: mutator("Assign", { location: "spec.a", parameters: value("b") }),
    says: "applyTo required for Assign mutator bad",
  },
  {
    what: "an Assign with half an applyTo",
    object: mutator("Assign", {
      applyTo: [{ groups: [""], kinds: ["Pod"] }],
      location: "spec.a",
      parameters: value("b"),
    }),
    says: "invalid applyTo for Assign mutator bad, all of group, version and kind must be specified",
  },
  {
    what: "an Assign whose location cannot be read",
    object: mutator("Assign", { applyTo, location: "spec.[", parameters: value("b") }),
    says: 'invalid location format `spec.[` for Assign bad: unexpected token: expected field name or eof, got: LBRACKET: "["',
  },
  {
    what: "an Assign without a value",
    object: mutator("Assign", { applyTo, location: "spec.a", parameters: { assign: {} } }),
    says: "assign must set one of `externalData`, `value` or `fromMetadata`: invalid assign field",
  },
  {
    what: "an Assign with two values",
    object: mutator("Assign", {
      applyTo,
      location: "spec.a",
      parameters: { assign: { value: "b", fromMetadata: { field: "name" } } },
    }),
    says: "assign must only set one of `externalData`, `value` or `fromMetadata`: invalid assign field",
  },
  {
    what: "an Assign that changes the key of a list",
    object: mutator("Assign", {
      applyTo,
      location: "spec.containers[name: foo].name",
      parameters: value("b"),
    }),
    says: "invalid path format: changing the item key is not allowed",
  },
  {
    what: "an Assign that tests a path beside its own",
    object: mutator("Assign", {
      applyTo,
      location: "spec.a",
      parameters: { ...value("b"), pathTests: [{ subPath: "spec.b", condition: "MustExist" }] },
    }),
    says: 'all subpaths must be a prefix of the `location` value of the mutation: subpath "spec.b" is not a prefix of location "spec.a"',
  },
  {
    what: "an AssignMetadata of something else",
    object: mutator("AssignMetadata", { location: "spec.a", parameters: value("b") }),
    says: "invalid location for assignmetadata bad: spec.a",
  },
  {
    what: "an AssignMetadata of a number",
    object: mutator("AssignMetadata", { location: "metadata.labels.a", parameters: value(3) }),
    says: 'spec.parameters.assign.value field must be a string for AssignMetadata "bad"',
  },
  {
    what: "a ModifySet that ends in a list",
    object: mutator("ModifySet", {
      applyTo,
      location: "spec.containers[name: foo]",
      parameters: { values: { fromList: ["a"] } },
    }),
    says: "final node in a modifyset location cannot be a keyed list",
  },
  {
    what: "an AssignImage of nothing",
    object: mutator("AssignImage", { applyTo, location: "spec.image", parameters: {} }),
    says: "assignImage bad has invalid parameters: at least one of [assignDomain, assignPath, assignTag] must be set",
  },
  {
    what: "an AssignImage with a domain that is none",
    object: mutator("AssignImage", {
      applyTo,
      location: "spec.image",
      parameters: { assignDomain: "not a domain" },
    }),
    says: 'assignImage bad has invalid parameters: assignDomain "not a domain" must be a fully-qualified domain name or localhost',
  },
  {
    what: "an ExpansionTemplate that applies to nothing",
    object: expansion({ templateSource: "spec.template", generatedGVK: pods }),
    says: "ExpansionTemplate bad must specify ApplyTo",
  },
  {
    what: "an ExpansionTemplate without source",
    object: expansion({ applyTo: deployments, generatedGVK: pods }),
    says: "ExpansionTemplate bad has empty source field",
  },
  {
    what: "an ExpansionTemplate that generates nothing",
    object: expansion({ applyTo: deployments, templateSource: "spec.template" }),
    says: "ExpansionTemplate bad has empty generatedGVK field",
  },
  {
    what: "an ExpansionTemplate that generates what it applies to",
    object: expansion({
      applyTo: deployments,
      templateSource: "spec.template",
      generatedGVK: { group: "apps", version: "v1", kind: "Deployment" },
    }),
    says: "ExpansionTemplate bad generates GVK apps/v1, Kind=Deployment, but also applies to that same GVK",
  },
  { what: "a Provider without URL", object: provider({ timeout: 3 }), says: "invalid provider url. value: " },
  {
    what: "a Provider over plain HTTP",
    object: provider({ url: "http://a.example", timeout: 3 }),
    says: "only HTTPS scheme is supported for Providers",
  },
  {
    what: "a Provider without CA",
    object: provider({ url: "https://a.example", timeout: 3 }),
    says: "caBundle should be set for HTTPS scheme",
  },
  {
    what: "a Provider whose CA is no base64",
    object: provider({ url: "https://a.example", timeout: 3, caBundle: "***" }),
    says: "failed to base64 decode caBundle: illegal base64 data at input byte 0",
  },
  {
    what: "a Provider whose CA is no PEM",
    object: provider({ url: "https://a.example", timeout: 3, caBundle: base64("x") }),
    says: "bad caBundle",
  },
  {
    what: "a Provider whose CA is no certificate",
    object: provider({
      url: "https://a.example",
      timeout: 3,
      caBundle: base64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    }),
    says: "failed to parse caBundle: x509: malformed certificate",
  },
  {
    what: "a Provider with a negative timeout",
    object: provider({ url: "https://a.example", timeout: -1 }),
    says: "provider timeout should be a positive integer. value: -1",
  },
];
