/**
 * What Gatekeeper refuses, one row for each rule: templates, constraints, mutators, expansion templates and suites. Every
 * row is one document beside good ones, so that the rule alone decides.
 */
export interface Refusal {
  readonly name: string;
  /** The file that breaks the rule. */
  readonly text: string;
  readonly command: "template" | "constraint" | "mutator" | "expansion" | "suite";
  /** What the message holds. */
  readonly says: string;
  /** Why the words differ from a real gator's; without it they are the same. */
  readonly differs?: string;
  /** A real gator takes it, a cluster's schema does not. */
  readonly stricter?: true;
}

/** A document of a stream. */
const yaml = (value: unknown): string => `---\n${JSON.stringify(value)}\n`;

type Json = Readonly<Record<string, unknown>>;

const REGO = 'package x\nviolation[{"msg": "no"}] { true }';

interface TemplateParts {
  readonly name?: string;
  readonly kind?: unknown;
  readonly version?: string;
  readonly schema?: unknown;
  readonly targets?: unknown;
  readonly target?: Json;
}

export function template(parts: TemplateParts = {}): string {
  const { name = "ka", kind = "KA", version = "v1", target = { rego: REGO } } = parts;
  const schema = parts.schema ?? { type: "object", properties: { max: { type: "integer" } } };
  return yaml({
    apiVersion: `templates.gatekeeper.sh/${version}`,
    kind: "ConstraintTemplate",
    metadata: { name },
    spec: {
      crd: { spec: { names: { ...(kind !== null && { kind }) }, validation: { openAPIV3Schema: schema } } },
      targets: parts.targets ?? [{ target: "admission.k8s.gatekeeper.sh", ...target }],
    },
  });
}

const rego = (text: string, libs?: readonly string[]): string =>
  template({ target: { rego: text, ...(libs && { libs }) } });
const code = (source: Json, engine = "Rego"): string => template({ target: { code: [{ engine, source }] } });
const BODY = 'violation[{"msg": "no"}] { true }';

const TEMPLATES: readonly Omit<Refusal, "command">[] = [
  { name: "no target", text: template({ targets: [] }), says: "must declare exactly one target" },
  {
    name: "two targets",
    text: template({ targets: [1, 2].map(() => ({ target: "admission.k8s.gatekeeper.sh", rego: REGO })) }),
    says: "must declare exactly one target",
  },
  {
    name: "a target without name",
    text: template({ target: { target: "", rego: REGO } }),
    says: "target name must not be empty",
  },
  {
    name: "another target",
    text: template({ target: { target: "other", rego: REGO } }),
    says: 'target "other" not recognized, known targets [admission.k8s.gatekeeper.sh]',
  },
  { name: "no kind", text: template({ kind: null }), says: "does not specify CRD Kind" },
  {
    name: "a name that is not the kind's",
    text: template({ name: "kb" }),
    says: 'the ConstraintTemplate\'s name "kb" is not equal to the lowercase of CRD\'s Kind: "ka"',
  },
  { name: "no name", text: template({ name: "" }), says: 'name "" is not equal' },
  {
    name: "a version that does not exist",
    text: template({ version: "v9" }),
    says: "v9",
    differs: "gator names a place in its source",
  },
  {
    name: "code of engines that do not exist",
    text: code({ rego: REGO }, "Other"),
    says: "no language driver is installed that handles this constraint template",
    differs: "the drivers that are there are named",
  },
  {
    name: "no code",
    text: template({ target: {} }),
    says: "no language driver is installed",
    differs: "the drivers that are there are named",
  },
  { name: "a source without rego", text: code({ other: 1 }), says: "missing required field: rego" },
  {
    name: "no rule violation",
    text: rego("package x\nother { true }"),
    says: "missing required rules: [violation]",
  },
  {
    name: "an import that is not allowed",
    text: rego(`package x\nimport data.other\n${BODY}`),
    says: "bad import",
  },
  { name: "an import of input", text: rego(`package x\nimport input.a\n${BODY}`), says: "import" },
  { name: "import rego.v1", text: rego(`package x\nimport rego.v1\n${BODY}`), says: "rego_parse_error" },
  {
    name: "import data.inventory",
    text: rego(`package x\nimport data.inventory\n${BODY}`),
    says: "bad import",
  },
  {
    name: "a reference to other data",
    text: rego('package x\nviolation[{"msg": data.other.x}] { true }'),
    says: "invalid data references",
  },
  {
    name: "a bare reference to data",
    text: rego('package x\nviolation[{"msg": "a"}] { data[_] }'),
    says: "invalid data references",
  },
  {
    name: "a library outside of lib",
    text: rego(REGO, ["package other\na = 1"]),
    says: "invalid lib prefix",
  },
  {
    name: "a library that is lib itself",
    text: rego(REGO, ["package lib\na = 1"]),
    says: "invalid lib prefix",
  },
  {
    name: "a library that does not parse",
    text: rego(REGO, ["package lib.a\na = = 1"]),
    says: "rego_parse_error",
  },
  {
    name: "a library that refers to other data",
    text: rego(REGO, ["package lib.a\na { data.b.c }"]),
    says: "invalid data references",
  },
  { name: "rego that does not parse", text: rego("package x\nviolation[{"), says: "rego_parse_error" },
  { name: "rego without package", text: rego(BODY), says: "rego_parse_error" },
  {
    name: "an unknown function",
    text: rego('package x\nviolation[{"msg": "no"}] { nothing(1) }'),
    says: "rego_type_error: undefined function nothing",
  },
  {
    name: "external_data, which gator has not",
    text: rego('package x\nviolation[{"msg": "no"}] { external_data({"provider": "p", "keys": []}) }'),
    says: "undefined function external_data",
  },
  {
    name: "an unsafe variable",
    text: rego('package x\nviolation[{"msg": msg}] { true }'),
    says: "rego_unsafe_var_error",
  },
  { name: "recursion", text: rego(`package x\n${BODY}\na { b }\nb { a }`), says: "rego_recursion_error" },
  {
    name: "version v1 with the syntax of v0",
    text: code({ rego: `package x\n${BODY}`, version: "v1" }),
    says: "rego_parse_error",
  },
  {
    name: "a schema without types",
    text: template({ schema: { properties: { max: {} } } }),
    says: "type",
  },
  { name: "a schema of an unknown type", text: template({ schema: { type: "whole" } }), says: "type" },
  {
    name: "a list of schemas for items",
    text: template({
      schema: { type: "object", properties: { a: { type: "array", items: [{ type: "string" }] } } },
    }),
    says: "items",
  },
  {
    name: "a default of another type",
    text: template({ schema: { type: "object", properties: { max: { type: "integer", default: "text" } } } }),
    says: "default",
  },
  { name: "a spec that is text", text: template().replace(/"spec":.*/, '"spec": "text"}'), says: "spec" },
];

export function constraint(spec: unknown = {}, rest: Json = {}): string {
  return yaml({
    apiVersion: "constraints.gatekeeper.sh/v1beta1",
    kind: "KA",
    metadata: { name: "c" },
    ...(spec !== undefined && { spec }),
    ...rest,
  });
}

const match = (value: Json): string => constraint({ match: value });

const CONSTRAINTS: readonly Omit<Refusal, "command">[] = [
  {
    name: "no template",
    text: constraint({}, { kind: "KB" }),
    says: 'missing ConstraintTemplate: template "kb" not found',
  },
  { name: "no name", text: constraint({}, { metadata: {} }), says: "missing metadata.name" },
  { name: "a name that is none", text: constraint({}, { metadata: { name: "C_" } }), says: "invalid name" },
  {
    name: "a name that is too long",
    text: constraint({}, { metadata: { name: "c".repeat(64) } }),
    says: "63",
  },
  {
    name: "a version that does not exist",
    text: constraint({}, { apiVersion: "constraints.gatekeeper.sh/v1" }),
    says: "unsupported version",
  },
  { name: "an unknown field", text: constraint({ other: 1 }), says: "unknown fields" },
  { name: "an unknown parameter", text: constraint({ parameters: { other: 1 } }), says: "unknown fields" },
  {
    name: "a parameter of another type",
    text: constraint({ parameters: { max: "a" } }),
    says: "schema validation failed",
  },
  {
    name: "parameters that are text",
    text: constraint({ parameters: "a" }),
    says: "schema validation failed",
  },
  {
    name: "an enforcement action that is a number",
    text: constraint({ enforcementAction: 1 }),
    says: "schema validation failed",
  },
  {
    name: "a match that is text",
    text: constraint({ match: "a" }),
    says: ".spec.match.labelSelector accessor error",
  },
  { name: "kinds that are text", text: match({ kinds: "a" }), says: "schema validation failed" },
  {
    name: "a namespace with a star inside",
    text: match({ namespaces: ["a*b"] }),
    says: "schema validation failed",
  },
  {
    name: "a source that does not exist",
    text: match({ source: "Other" }),
    says: "schema validation failed",
  },
  {
    name: "an operator that does not exist",
    text: match({ labelSelector: { matchExpressions: [{ key: "a", operator: "Nope" }] } }),
    says: "not a valid selector operator",
  },
  {
    name: "In without values",
    text: match({ namespaceSelector: { matchExpressions: [{ key: "a", operator: "In" }] } }),
    says: "must be specified when `operator` is 'In' or 'NotIn'",
  },
  {
    name: "Exists with values",
    text: match({ labelSelector: { matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] } }),
    says: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
  },
];

const JSON_WORDS = "where the field is that has the wrong type";

const APPLY = [{ groups: [""], kinds: ["Pod"], versions: ["v1"] }];

export function mutator(kind: string, spec: Json, metadata: Json = { name: "m" }): string {
  const version = kind === "AssignImage" ? "v1alpha1" : "v1";
  return yaml({ apiVersion: `mutations.gatekeeper.sh/${version}`, kind, metadata, spec });
}

const assign = (spec: Json): string =>
  mutator("Assign", { applyTo: APPLY, location: "spec.a", parameters: { assign: { value: 1 } }, ...spec });
const assignMetadata = (spec: Json): string =>
  mutator("AssignMetadata", {
    location: "metadata.labels.a",
    parameters: { assign: { value: "b" } },
    ...spec,
  });
const modifySet = (spec: Json): string =>
  mutator("ModifySet", {
    applyTo: APPLY,
    location: "spec.a",
    parameters: { values: { fromList: [1] } },
    ...spec,
  });
const assignImage = (parameters: Json, spec: Json = {}): string =>
  mutator("AssignImage", { applyTo: APPLY, location: "spec.containers[name:*].image", parameters, ...spec });
const pathTests = (location: string, ...tests: readonly (readonly [string, string])[]): string =>
  assign({
    location,
    parameters: {
      assign: { value: 1 },
      pathTests: tests.map(([subPath, condition]) => ({ subPath, condition })),
    },
  });

const MUTATORS: readonly Omit<Refusal, "command">[] = [
  ...[
    "spec[",
    "spec.",
    "spec[a: b][c: d]",
    "a[b]",
    "spec.1a",
    "spec.a]",
    "spec.$",
    '"spec',
    "[a: b]",
    "spec[a: 99999999999999999999].x",
  ].map((location) => ({ name: `location ${location}`, text: assign({ location }), says: "location" })),
  { name: "an empty location", text: assign({ location: "" }), says: "empty path" },
  {
    name: "an Assign of metadata",
    text: assign({ location: "metadata.labels.a" }),
    says: "can't change metadata",
  },
  {
    name: "a ModifySet of metadata",
    text: modifySet({ location: "metadata.finalizers" }),
    says: "can't change metadata",
  },
  {
    name: "an AssignImage of metadata",
    text: assignImage({ assignTag: ":1" }, { location: "metadata.a" }),
    says: "metadata",
  },
  { name: "no applyTo", text: assign({ applyTo: [] }), says: "applyTo required" },
  {
    name: "an applyTo without groups",
    text: assign({ applyTo: [{ kinds: ["Pod"], versions: ["v1"] }] }),
    says: "invalid applyTo",
  },
  {
    name: "an operation that does not exist",
    text: assign({ applyTo: [{ ...APPLY[0], operations: ["CONNECT"] }] }),
    says: "operation",
  },
  {
    name: "an operation twice",
    text: assign({ applyTo: [{ ...APPLY[0], operations: ["CREATE", "CREATE"] }] }),
    says: "operation",
  },
  {
    name: "all operations and one",
    text: assign({ applyTo: [{ ...APPLY[0], operations: ["*", "CREATE"] }] }),
    says: "operation",
  },
  { name: "a name that is too long", text: mutator("Assign", {}, { name: "m".repeat(64) }), says: "63" },
  { name: "no value", text: assign({ parameters: { assign: {} } }), says: "assign must set one of" },
  {
    name: "two values",
    text: assign({ parameters: { assign: { value: 1, fromMetadata: { field: "name" } } } }),
    says: "assign must only set one of",
  },
  {
    name: "fromMetadata of another field",
    text: assign({ parameters: { assign: { fromMetadata: { field: "uid" } } } }),
    says: "uid",
  },
  {
    name: "a change of the key of a list",
    text: assign({ location: "spec.a[name: b].name" }),
    says: "changing the item key is not allowed",
  },
  {
    name: "an element that is no object",
    text: assign({ location: "spec.a[name: b]" }),
    says: "only objects can be added to keyed lists",
  },
  {
    name: "an element with another key",
    text: assign({ location: "spec.a[name: b]", parameters: { assign: { value: { name: "c" } } } }),
    says: "name",
  },
  {
    name: "a glob at the end",
    text: assign({ location: "spec.a[name: *]" }),
    says: "can't append to a globbed list",
  },
  {
    name: "a path test that is no prefix",
    text: pathTests("spec.a", ["spec.b", "MustExist"]),
    says: "all subpaths must be a prefix",
  },
  {
    name: "path tests that conflict",
    text: pathTests("spec.a", ["spec.a", "MustExist"], ["spec.a", "MustNotExist"]),
    says: "conflicting path test conditions",
  },
  {
    name: "a path test that does not exist",
    text: pathTests("spec.a", ["spec.a", "Maybe"]),
    says: "Maybe",
    stricter: true,
  },
  {
    name: "AssignMetadata of a spec",
    text: assignMetadata({ location: "spec.a" }),
    says: "invalid location for assignmetadata",
  },
  {
    name: "AssignMetadata of all labels",
    text: assignMetadata({ location: "metadata.labels" }),
    says: "invalid location for assignmetadata",
  },
  {
    name: "AssignMetadata with a number",
    text: assignMetadata({ parameters: { assign: { value: 1 } } }),
    says: "string",
  },
  { name: "a ModifySet of a list's element", text: modifySet({ location: "spec.a[b: c]" }), says: "list" },
  {
    name: "a ModifySet that does nothing known",
    text: modifySet({ parameters: { operation: "add", values: { fromList: [] } } }),
    says: "add",
  },
  { name: "an AssignImage of nothing", text: assignImage({}), says: "assignDomain" },
  { name: "a domain that is none", text: assignImage({ assignDomain: "a b" }), says: "assignDomain" },
  { name: "a path that is none", text: assignImage({ assignPath: "A" }), says: "assignPath" },
  { name: "a tag without colon", text: assignImage({ assignTag: "1" }), says: "assignTag" },
  { name: "a path that begins like a domain", text: assignImage({ assignPath: "a.b/c" }), says: "domain" },
  {
    name: "an AssignImage of a list's element",
    text: assignImage({ assignTag: ":1" }, { location: "spec.a[b: c]" }),
    says: "list",
  },
  {
    name: "parameters that are text",
    text: assign({ parameters: "a" }),
    says: "parameters",
    differs: JSON_WORDS,
  },
  { name: "a match that is text", text: assign({ match: "a" }), says: "match", differs: JSON_WORDS },
];

function expansion(spec: Json = {}, metadata: Json = { name: "e" }): string {
  return yaml({
    apiVersion: "expansion.gatekeeper.sh/v1beta1",
    kind: "ExpansionTemplate",
    metadata,
    spec: {
      applyTo: [{ groups: ["apps"], kinds: ["Deployment"], versions: ["v1"] }],
      templateSource: "spec.template",
      generatedGVK: { group: "", version: "v1", kind: "Pod" },
      ...spec,
    },
  });
}

const EXPANSIONS: readonly Omit<Refusal, "command">[] = [
  { name: "no name", text: expansion({}, {}), says: "empty name" },
  {
    name: "a name that is too long",
    text: expansion({}, { name: "e".repeat(64) }),
    says: "name must be less than 64 characters",
  },
  { name: "no source", text: expansion({ templateSource: "" }), says: "empty source" },
  { name: "no generated kind", text: expansion({ generatedGVK: {} }), says: "empty generatedGVK" },
  { name: "no applyTo", text: expansion({ applyTo: [] }), says: "must specify ApplyTo" },
  {
    name: "generating what it applies to",
    text: expansion({ generatedGVK: { group: "apps", version: "v1", kind: "Deployment" } }),
    says: "also applies to that same GVK",
  },
  {
    name: "a cycle of two",
    text: `${expansion()}${expansion(
      {
        applyTo: [{ groups: [""], kinds: ["Pod"], versions: ["v1"] }],
        generatedGVK: { group: "apps", version: "v1", kind: "Deployment" },
      },
      { name: "f" },
    )}`,
    says: "template forms expansion cycle",
  },
  {
    name: "a source that is not there",
    text: expansion({ templateSource: "spec.other" }),
    says: "could not find source field",
  },
  {
    name: "a spec that is text",
    text: yaml({
      apiVersion: "expansion.gatekeeper.sh/v1beta1",
      kind: "ExpansionTemplate",
      metadata: { name: "e" },
      spec: "a",
    }),
    says: "spec",
    differs: JSON_WORDS,
  },
];

const test = (test: Json): string =>
  yaml({
    apiVersion: "test.gatekeeper.sh/v1alpha1",
    kind: "Suite",
    tests: [{ name: "t", template: "template.yaml", constraint: "constraint.yaml", ...test }],
  });
const one = (given: Json): string =>
  test({ cases: [{ name: "x", object: "object.yaml", assertions: [{ violations: "yes" }], ...given }] });
const PATHS = "the path is shown as it was given";

const SUITES: readonly Omit<Refusal, "command">[] = [
  { name: "no template", text: test({ template: "" }), says: "invalid Suite: missing template" },
  { name: "no constraint", text: test({ constraint: "" }), says: "invalid Suite: missing constraint" },
  {
    name: "a template that is not there",
    text: test({ template: "nowhere.yaml" }),
    says: "nowhere.yaml",
    differs: PATHS,
  },
  {
    name: "a constraint that is not there",
    text: test({ constraint: "nowhere.yaml" }),
    says: "nowhere.yaml",
    differs: PATHS,
  },
  {
    name: "a template that is none",
    text: test({ template: "object.yaml" }),
    says: "not a ConstraintTemplate",
    differs: PATHS,
  },
  { name: "a constraint that is none", text: test({ constraint: "object.yaml" }), says: "not a Constraint" },
  {
    name: "a constraint that should be invalid",
    text: test({ invalid: true }),
    says: "constraint should have failed schema validation",
    differs: "gator prints a word of its own for no error",
  },
  {
    name: "an expansion that is none",
    text: test({ expansion: "object.yaml" }),
    says: "not an Expansion Template",
    differs: PATHS,
  },
  { name: "a case without object", text: one({ object: "" }), says: "must define object" },
  { name: "a case without assertions", text: one({ assertions: [] }), says: "assertions must be non-empty" },
  {
    name: "an object that is not there",
    text: one({ object: "nowhere.yaml" }),
    says: "nowhere.yaml",
    differs: PATHS,
  },
  {
    name: "two objects",
    text: one({ object: "two.yaml" }),
    says: "must contain exactly one object",
    differs: PATHS,
  },
  {
    name: "an inventory that is not there",
    text: one({ inventory: ["nowhere.yaml"] }),
    says: "nowhere.yaml",
    differs: PATHS,
  },
  {
    name: "an AdmissionReview without request",
    text: one({ object: "no-request.yaml" }),
    says: "request",
  },
  {
    name: "an AdmissionReview with an unknown field",
    text: one({ object: "unknown-request.yaml" }),
    says: "other",
  },
  { name: "an AdmissionReview without object", text: one({ object: "empty-request.yaml" }), says: "object" },
  ...[
    ["none where there is one", { violations: "no" }, "got 1 violations but want none"],
    ["two where there is one", { violations: 2 }, "got 1 violations but want exactly 2"],
    ["another message", { violations: "yes", message: "other" }, 'containing "other" but want at least 1'],
    ["a word that means nothing", { violations: "maybe" }, 'must be a nonnegative integer, "yes", or "no"'],
    ["a negative number", { violations: -1 }, 'must be a nonnegative integer, "yes", or "no"'],
  ].map(([name, assertion, says]) => ({
    name: `an assertion of ${name as string}`,
    text: one({ assertions: [assertion] }),
    says: says as string,
    differs: "where in the template it was decided follows",
  })),
  {
    name: "an assertion with a broken expression",
    text: one({ assertions: [{ message: "(" }] }),
    says: "message contains invalid regular expression",
    differs: "the regular expression's own words",
  },
  {
    name: "tests that are text",
    text: yaml({ apiVersion: "test.gatekeeper.sh/v1alpha1", kind: "Suite", tests: "a" }),
    says: "tests",
  },
];

const of = (command: Refusal["command"], rows: readonly Omit<Refusal, "command">[]): readonly Refusal[] =>
  rows.map((row) => ({ ...row, command }));

export const REFUSALS: readonly Refusal[] = [
  ...of("template", TEMPLATES),
  ...of("constraint", CONSTRAINTS),
  ...of("mutator", MUTATORS),
  ...of("expansion", EXPANSIONS),
  ...of("suite", SUITES),
];

const review = (request: unknown): string =>
  yaml({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    ...(request !== undefined && { request }),
  });
const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "d" },
  spec: { template: { spec: {} } },
};
const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };

/** The good files beside a row. */
export const GOOD_FILES: Readonly<Record<string, string>> = {
  "template.yaml": template(),
  "constraint.yaml": constraint(),
  "object.yaml": yaml(POD),
  "two.yaml": `${yaml(POD)}${yaml({ ...POD, metadata: { name: "b" } })}`,
  "deployment.yaml": yaml(DEPLOYMENT),
  "no-request.yaml": review(undefined),
  "unknown-request.yaml": review({ uid: "u", object: POD, other: 1 }),
  "empty-request.yaml": review({ uid: "u" }),
};

/** The command line that reads a row's file, `bad.yaml`. */
export const ARGUMENTS: Readonly<Record<Refusal["command"], readonly string[]>> = {
  template: ["test", "-f", "bad.yaml"],
  constraint: ["test", "-f", "template.yaml", "-f", "bad.yaml", "-f", "object.yaml"],
  mutator: ["expand", "-n", "bad.yaml", "-n", "object.yaml"],
  expansion: ["expand", "-n", "bad.yaml", "-n", "deployment.yaml"],
  suite: ["verify", "bad.yaml"],
};
