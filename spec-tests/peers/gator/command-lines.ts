/** A command line that a real gator and this one are asked. */
export interface CommandLine {
  readonly args: string;
  readonly stdin?: string;
  /**
   * `all`: exit code and both streams are the same to the letter. `first line`: usage texts differ, the first lines do not.
   * Otherwise the exit code alone, for the reason given (docs/decisions/0013).
   */
  readonly compare: "all" | "first line" | { readonly exitOnly: string };
}

const TEMPLATE = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ka}
spec:
  crd: {spec: {names: {kind: KA}, validation: {openAPIV3Schema: {type: object, properties: {max: {type: integer}}}}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    rego: |
      package x
      violation[{"msg": msg, "details": {"max": input.parameters.max}}] {
        print("seen", input.review.object.metadata.name)
        msg := sprintf("no %v", [input.review.name])
      }
`;

const CONSTRAINT = `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: KA
metadata: {name: c}
spec:
  match: {kinds: [{apiGroups: [""], kinds: [ConfigMap]}]}
  parameters: {max: 1}
`;

const OBJECT = `apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: default}
data: {k: "quoted \\" and\\ttab", l: yes}
`;

function action(name: string): string {
  return CONSTRAINT.replace("spec:", `spec:\n  enforcementAction: ${name}`);
}

const SUITE_HEAD = "kind: Suite\napiVersion: test.gatekeeper.sh/v1alpha1\ntests:\n";
const ONE_TEST = "- name: t\n  template: template.yaml\n  constraint: constraint.yaml\n";
const oneCase = (parts: string): string => `${SUITE_HEAD}${ONE_TEST}  cases:\n  - name: x\n${parts}`;
const HOLDS = "    object: object.yaml\n    assertions: [{violations: yes}]\n";

/** Files by their names, in one folder. */
export const FILES: Readonly<Record<string, string>> = {
  "template.yaml": TEMPLATE,
  "constraint.yaml": CONSTRAINT,
  "object.yaml": OBJECT,
  "two.yaml": `${OBJECT}---\n${OBJECT.replace("name: a", "name: b")}`,
  "object.json": JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "j" } }),
  "notes.txt": "no manifest",
  "empty.yaml": "# nothing\n---\n---\n",
  ...Object.fromEntries(["warn", "dryrun", "deny", "shout"].map((name) => [`${name}.yaml`, action(name)])),
  "scoped.yaml": `${CONSTRAINT}  enforcementAction: scoped
  scopedEnforcementActions:
  - action: deny
    enforcementPoints: [{name: "gator.gatekeeper.sh"}]
  - action: warn
    enforcementPoints: [{name: "*"}]
`,
  "scoped-elsewhere.yaml": `${CONSTRAINT}  enforcementAction: scoped
  scopedEnforcementActions:
  - action: deny
    enforcementPoints: [{name: "audit.gatekeeper.sh"}]
`,
  "no-kind.yaml": "apiVersion: v1\nmetadata: {name: a}\n",
  "no-version.yaml": "kind: Pod\nmetadata: {name: a}\n",
  "list.yaml": `apiVersion: v1\nkind: List\nmetadata: {name: l}\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: inside}\n`,
  "twice.yaml": "apiVersion: v1\nkind: Pod\nkind: ConfigMap\nmetadata: {name: a}\n",
  "broken.yaml": "a: [b\n",
  "helm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.x }}}\n",
  "alias.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, x: *m}\n",
  "laughs.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${laughs()}`,
  "deep.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: ${"[".repeat(10_001)}${"]".repeat(10_001)}\n`,
  "control.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "a\u0001"}\n',
  "array.json": "[1]",
  "cut.json": '{"apiVersion": "v1", "kind": "Pod"',
  "bad-rego.yaml": TEMPLATE.replace("msg :=", "msg := ="),
  "unsafe.yaml": TEMPLATE.replace("[input.review.name]", "[x]"),
  "no-violation.yaml": TEMPLATE.replaceAll("violation[", "denial["),
  "bad-import.yaml": TEMPLATE.replace("package x", "package x\n      import data.foo"),
  "data-ref.yaml": TEMPLATE.replace("[input.review.name]", "[data.foo]"),
  "no-target.yaml": TEMPLATE.replace(/ {2}targets:[^]*/, "  targets: []\n"),
  "wrong-target.yaml": TEMPLATE.replace("admission.k8s", "other.k8s"),
  "wrong-name.yaml": TEMPLATE.replace("name: ka", "name: kb"),
  "text-spec.yaml": TEMPLATE.replace(/spec:[^]*/, "spec: text\n"),
  "unknown-field.yaml": CONSTRAINT.replace("  parameters", "  foo: 1\n  parameters"),
  "wrong-type.yaml": CONSTRAINT.replace("max: 1", "max: text"),
  "wrong-kind.yaml": CONSTRAINT.replace("kind: KA", "kind: KB"),
  "wrong-scope.yaml": CONSTRAINT.replace("match: {", "match: {scope: 3, "),
  "bad-selector.yaml": CONSTRAINT.replace(
    "match: {",
    "match: {labelSelector: {matchExpressions: [{key: a, operator: Nope}]}, ",
  ),
  "unnamed.yaml": CONSTRAINT.replace("{name: c}", "{}"),
  "holds.yaml": oneCase(HOLDS),
  "fails.yaml": oneCase("    object: object.yaml\n    assertions: [{violations: no}]\n"),
  "count.yaml": oneCase("    object: object.yaml\n    assertions: [{violations: 2, message: 'no a'}]\n"),
  "bad-regex.yaml": oneCase("    object: object.yaml\n    assertions: [{message: '('}]\n"),
  "no-object.yaml": oneCase("    assertions: [{violations: yes}]\n"),
  "no-assertion.yaml": oneCase("    object: object.yaml\n"),
  "absent-object.yaml": oneCase("    object: nowhere.yaml\n    assertions: [{violations: yes}]\n"),
  "skip-text.yaml": `${SUITE_HEAD}- name: t\n  skip: yes\n`,
  "cases-text.yaml": `${SUITE_HEAD}${ONE_TEST}  cases: text\n`,
  "no-template.yaml": `${SUITE_HEAD}- name: t\n  constraint: constraint.yaml\n`,
  "no-constraint.yaml": `${SUITE_HEAD}- name: t\n  template: template.yaml\n`,
  "invalid.yaml": `${SUITE_HEAD}- name: t\n  template: template.yaml\n  constraint: wrong-type.yaml\n  invalid: true\n`,
  "sync-template.yaml": TEMPLATE.replace(
    "{name: ka}",
    `{name: ka, annotations: {metadata.gatekeeper.sh/requires-sync-data: '"[[{"groups":[""],"versions":["v1"],"kinds":["Pod"]}]]"'}}`,
  ),
  "sync-set.yaml": `apiVersion: syncset.gatekeeper.sh/v1alpha1\nkind: SyncSet\nmetadata: {name: s}\nspec: {gvks: [{group: "", version: v1, kind: Pod}]}\n`,
  "served.yaml": `apiVersion: gvkmanifest.gatekeeper.sh/v1alpha1\nkind: GVKManifest\nmetadata: {name: m}\nspec: {groups: {"": {v1: [Service]}}}\n`,
  "expansion.yaml": `apiVersion: expansion.gatekeeper.sh/v1beta1
kind: ExpansionTemplate
metadata: {name: e}
spec:
  applyTo: [{groups: [apps], kinds: [Deployment], versions: [v1]}]
  templateSource: spec.template
  generatedGVK: {group: "", version: v1, kind: Pod}
`,
  "expansion-unnamed.yaml": `apiVersion: expansion.gatekeeper.sh/v1beta1\nkind: ExpansionTemplate\nmetadata: {}\nspec: {}\n`,
  "deployment.yaml": `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: {labels: {a: "1"}}, spec: {containers: [{name: c, image: i}]}}}\n`,
  "assign.yaml": `apiVersion: mutations.gatekeeper.sh/v1
kind: Assign
metadata: {name: m}
spec:
  applyTo: [{groups: [""], kinds: [Pod], versions: [v1]}]
  location: spec.containers[name:*].imagePullPolicy
  parameters: {assign: {value: Always}}
`,
  "assign-bad-path.yaml": `apiVersion: mutations.gatekeeper.sh/v1\nkind: Assign\nmetadata: {name: m}\nspec: {applyTo: [{groups: [""], kinds: [Pod], versions: [v1]}], location: "spec[", parameters: {assign: {value: 1}}}\n`,
  "assign-metadata.yaml": `apiVersion: mutations.gatekeeper.sh/v1\nkind: AssignMetadata\nmetadata: {name: m}\nspec: {location: spec.x, parameters: {assign: {value: a}}}\n`,
};

/** Each level names the one before ten times. */
function laughs(): string {
  const names = [..."abcdefgh"];
  return names
    .map((name, index) => {
      const items = Array.from({ length: 10 }, () => (index === 0 ? "x" : `*${names[index - 1]}`));
      return `${name}: &${name} [${items.join(",")}]\n`;
    })
    .join("");
}

const YAML_WORDS = { exitOnly: "the YAML reader's own words, with the line" } as const;
const PATHS = {
  exitOnly: "paths are shown as they were given, not from the root without its slash",
} as const;
const POLICY = "-f template.yaml -f constraint.yaml";

const all = (args: string): CommandLine => ({ args, compare: "all" });
const first = (args: string): CommandLine => ({ args, compare: "first line" });
const exit = (compare: CommandLine["compare"], args: string): CommandLine => ({ args, compare });

export const COMMAND_LINES: readonly CommandLine[] = [
  ...[
    "",
    " -o json",
    " -o yaml",
    " -o=json",
    " -ojson",
    " -o YAML",
    " -o other",
    " -v",
    " -v -o json",
    " --deny-only",
  ].map((rest) => all(`test ${POLICY} -f object.yaml${rest}`)),
  ...["warn", "dryrun", "deny", "shout", "scoped-elsewhere"].flatMap((name) => [
    all(`test -f template.yaml -f ${name}.yaml -f object.yaml`),
    all(`test -f template.yaml -f ${name}.yaml -f object.yaml -o json`),
    all(`test -f template.yaml -f ${name}.yaml -f object.yaml --deny-only -o yaml`),
  ]),
  exit({ exitOnly: "an error of one place is told once" }, "test -f unsafe.yaml"),
  exit(
    { exitOnly: "the order of the actions is that of a Go map" },
    "test -f template.yaml -f scoped.yaml -f object.yaml",
  ),
  all(`test ${POLICY} -f two.yaml -f object.json -f list.yaml -f twice.yaml`),
  all(`test ${POLICY} -f object.yaml -f object.yaml`),
  { args: `test ${POLICY}`, stdin: OBJECT, compare: "all" },
  { args: `test ${POLICY} -f object.yaml`, stdin: OBJECT, compare: "all" },
  ...["", " -f empty.yaml", " -f nowhere.yaml", " -f notes.txt"].map((rest) => all(`test${rest}`)),
  ...[
    "no-violation",
    "bad-import",
    "data-ref",
    "no-target",
    "wrong-target",
    "wrong-name",
    "text-spec",
    "bad-rego",
  ].map((name) => all(`test -f ${name}.yaml`)),
  ...["unknown-field", "wrong-type", "wrong-kind", "bad-selector", "unnamed"].map((name) =>
    all(`test -f template.yaml -f ${name}.yaml`),
  ),
  exit(
    { exitOnly: "the first fault of several is another one" },
    "test -f template.yaml -f wrong-scope.yaml",
  ),
  ...["no-kind", "no-version"].map((name) =>
    exit({ exitOnly: "an empty line more" }, `test -f ${name}.yaml`),
  ),
  ...[
    "broken.yaml",
    "helm.yaml",
    "alias.yaml",
    "laughs.yaml",
    "deep.yaml",
    "control.yaml",
    "array.json",
    "cut.json",
  ].map((name) => exit(YAML_WORDS, `test -f ${name}`)),
  ...[
    "holds",
    "invalid",
    "no-template",
    "no-constraint",
    "no-object",
    "no-assertion",
    "skip-text",
    "cases-text",
  ].map((name) => all(`verify ${name}.yaml`)),
  all("verify holds.yaml -v"),
  all("verify holds.yaml -v --run t//x"),
  all("verify holds.yaml -v --run other"),
  all("verify holds.yaml --run a//b//c"),
  ...["fails", "count"].map((name) =>
    exit({ exitOnly: "where in the template it was decided follows the message" }, `verify ${name}.yaml`),
  ),
  exit({ exitOnly: "the regular expression's own words" }, "verify bad-regex.yaml"),
  ...["absent-object.yaml", "nowhere.yaml", "nowhere/...", "template.yaml/..."].map((path) =>
    exit(PATHS, `verify ${path}`),
  ),
  all("verify notes.txt"),
  all("verify template.yaml"),
  ...["", " -f json"].map((rest) => all(`expand -n object.yaml${rest}`)),
  ...["", " -f yaml", " -f json", " -f other"].map((rest) =>
    all(`expand -n deployment.yaml -n expansion.yaml -n assign.yaml${rest}`),
  ),
  ...["expansion-unnamed", "assign-bad-path", "assign-metadata"].map((name) =>
    all(`expand -n deployment.yaml -n expansion.yaml -n ${name}.yaml`),
  ),
  all("sync test"),
  all("sync test -n sync-template.yaml"),
  all("sync test -n sync-template.yaml -f"),
  all("sync test -n sync-template.yaml -n sync-set.yaml -f"),
  all("sync test -n sync-template.yaml -n sync-set.yaml -n served.yaml"),
  all("sync test -n served.yaml -n served.yaml"),
  all("sync test -n object.yaml -f"),
  ...[
    "other",
    "tset",
    "--other",
    "test --other",
    "test -x",
    "test operand",
    "test -f",
    "test --filename",
    "test --trace=maybe",
    "test --=x",
    "test ---x",
    "verify",
    "verify a b",
    "expand operand",
    "sync test --other",
    "bench -n many",
    "bench --threshold high",
    "bench --min-threshold 5",
    "bench --min-threshold 5q",
  ].map(first),
  ...[
    "bench",
    "bench -f object.yaml -n 0",
    "bench -f object.yaml --warmup -1",
    "bench -f object.yaml -c 0",
    "bench -f object.yaml --engine other",
    "bench -f object.yaml -o other",
    "bench -f object.yaml --compare nowhere.json",
    "bench -f nowhere.yaml -n 1000",
    "bench -f object.yaml -n 1000 -e rego",
    "bench -f template.yaml -n 1000 -e rego",
    "test --default-k8s-native-validation-failure-policy=Other",
    "verify . --default-k8s-native-validation-failure-policy Other",
  ].map(all),
];
