import { listAt, objectAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { changed, checkedObject } from "./remark.ts";
import type { Checked, Remark, Sourced } from "./remark.ts";

/** Gatekeeper's webhooks in webhook configurations: which chart value keeps what their owner has changed. */
export function checkWebhooks(configurations: readonly Sourced[]): readonly Checked[] {
  return configurations.flatMap((configuration) => {
    const { object } = configuration;
    const own = listAt(object, "webhooks").filter((webhook) => PREFIXES.has(textAt(webhook, "name")));
    if (own.length === 0) return [];
    return [checkedObject(configuration, [...nameRemark(object), ...own.flatMap(webhookRemarks)])];
  });
}

/** What the values of a webhook begin with. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["validation.gatekeeper.sh", "validatingWebhook"],
  ["check-ignore-label.gatekeeper.sh", "validatingWebhookCheckIgnore"],
  ["mutation.gatekeeper.sh", "mutatingWebhook"],
]);

const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: "gatekeeper-validating-webhook-configuration",
  MutatingWebhookConfiguration: "gatekeeper-mutating-webhook-configuration",
};

function nameRemark(object: PlainObject): readonly Remark[] {
  const { kind, name } = objectMeta(object);
  if (name === DEFAULT_NAMES[kind]) return [];
  const value = kind.startsWith("Mutating") ? "mutatingWebhookName" : "validatingWebhookName";
  return [
    changed(
      `its name is not ${DEFAULT_NAMES[kind] as string}: a second one would be made`,
      `${value}: ${name}`,
    ),
  ];
}

/** Where an owner's change shows, what is the same without one, and which value keeps it. */
interface Setting {
  readonly read: (webhook: Value) => Value | undefined;
  readonly usual: readonly string[];
  readonly value: (prefix: string) => string;
  readonly what: string;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  DELETE: "enableDeleteOperations",
  CONNECT: "enableConnectOperations",
};

const SETTINGS: readonly Setting[] = [
  {
    what: "objectSelector",
    read: (webhook) => valueAt(webhook, "objectSelector"),
    usual: ["undefined", "{}"],
    value: (prefix) => `${prefix}ObjectSelector`,
  },
  {
    what: "matchConditions",
    read: (webhook) => valueAt(webhook, "matchConditions"),
    usual: ["undefined", "[]"],
    value: (prefix) => `${prefix}MatchConditions`,
  },
  {
    what: "clientConfig.url",
    read: (webhook) => valueAt(webhook, "clientConfig", "url"),
    usual: ["undefined"],
    value: (prefix) => `${prefix}URL (host and port)`,
  },
  {
    what: "reinvocationPolicy",
    read: (webhook) => valueAt(webhook, "reinvocationPolicy"),
    usual: ["undefined", '"Never"'],
    value: (prefix) => `${prefix}ReinvocationPolicy`,
  },
];

function webhookRemarks(webhook: Value): readonly Remark[] {
  const name = textAt(webhook, "name");
  const prefix = PREFIXES.get(name) as string;
  const guard = name.startsWith("check-ignore");
  return [
    ...failurePolicy(webhook, name, prefix),
    ...(guard ? [] : [...timeout(webhook, name, prefix), ...rules(webhook, name, prefix)]),
    ...(guard ? [] : [...namespaces(webhook, name, prefix), ...settings(webhook, name, prefix)]),
  ];
}

function settings(webhook: Value, name: string, prefix: string): readonly Remark[] {
  return SETTINGS.flatMap(({ what, read, usual, value }) => {
    const found = read(webhook);
    const written = found === undefined ? "undefined" : JSON.stringify(found);
    if (usual.includes(written)) return [];
    return [
      changed(`${name}: ${what} is set; the chart writes it from a value`, `${value(prefix)}: ${written}`),
    ];
  });
}

/** Ours is `Fail` for validation, with exclusions that keep the cluster able to start; `Ignore` lets everything in meanwhile. */
function failurePolicy(webhook: Value, name: string, prefix: string): readonly Remark[] {
  const theirs = textAt(webhook, "failurePolicy") || "Fail";
  const ours = prefix === "mutatingWebhook" ? "Ignore" : "Fail";
  if (theirs === ours) return [];
  const meaning =
    ours === "Fail"
      ? "what cannot be reviewed is refused, apart from what a cluster needs to start"
      : "what cannot be mutated goes on unchanged";
  return [
    changed(
      `${name}: failurePolicy ${theirs} becomes ${ours}: ${meaning}`,
      `to keep it: ${prefix}FailurePolicy: ${theirs}`,
    ),
  ];
}

function timeout(webhook: Value, name: string, prefix: string): readonly Remark[] {
  const usual = prefix === "mutatingWebhook" ? 1 : 3;
  const found = valueAt(webhook, "timeoutSeconds") ?? 10;
  if (found === usual) return [];
  return [
    changed(
      `${name}: timeoutSeconds ${found} becomes ${usual}`,
      `to keep it: ${prefix}TimeoutSeconds: ${found}`,
    ),
  ];
}

function rules(webhook: Value, name: string, prefix: string): readonly Remark[] {
  const found = listAt(webhook, "rules");
  const [rule] = found;
  const isUsual =
    found.length === 1 &&
    ["apiGroups", "apiVersions"].every((field) => listAt(rule, field).join(",") === "*") &&
    listAt(rule, "resources").includes("*") &&
    (textAt(rule, "scope") || "*") === "*";
  if (!isUsual) {
    return [
      changed(
        `${name}: its rules are not the usual ones; the chart writes rules for everything`,
        `to keep them: ${prefix}CustomRules, ${prefix}SubResources or ${prefix}Scope`,
      ),
    ];
  }
  const more = listAt(rule, "operations").filter(
    (operation) => OPERATIONS[operation as string] !== undefined,
  );
  if (prefix === "mutatingWebhook") return [];
  return more.map((operation) =>
    changed(
      `${name}: ${operation} is reviewed`,
      `to keep it: ${OPERATIONS[operation as string] as string}: true`,
    ),
  );
}

/** Labels that the chart always leaves out: ours, and the namespace it is installed in. */
const USUAL_KEYS: ReadonlySet<string> = new Set([
  "admission.gatekeeper.sh/ignore",
  "kubernetes.io/metadata.name",
]);

function namespaces(webhook: Value, name: string, prefix: string): readonly Remark[] {
  const selector = objectAt(webhook, "namespaceSelector");
  const expressions = listAt(selector, "matchExpressions");
  const excluded = expressions
    .filter((each) => textAt(each, "key") === "kubernetes.io/metadata.name")
    .flatMap((each) => listAt(each, "values"));
  const others = expressions.filter((each) => !USUAL_KEYS.has(textAt(each, "key")));
  const labels = objectAt(selector, "matchLabels");
  if (others.length === 0 && labels === undefined && excluded.length < 2) return [];
  const keys = [...others.map((each) => textAt(each, "key")), ...Object.keys(labels ?? {})];
  const what = [...(excluded.length > 1 ? [`namespaces ${excluded.join(", ")}`] : []), ...keys].join("; ");
  return [
    changed(
      `${name}: its namespaceSelector leaves out more than usual (${what}); the chart writes it from a value`,
      `${prefix}ExemptNamespacesLabels`,
    ),
  ];
}
