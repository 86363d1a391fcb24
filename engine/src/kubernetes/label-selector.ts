import { getOwn, quoteText } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { aggregate } from "./field-path.ts";
import { isPlainObject, listAt, objectAt, textAt, valueAt } from "./object-meta.ts";
import { listOf, mapOf, named, struct, TEXT } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** A Kubernetes label selector, ready to be asked. */
export interface LabelSelector {
  matches(labels: PlainObject): boolean;
}

/** The type of a label selector. */
export const LABEL_SELECTOR_SHAPE: Shape = struct("v1.LabelSelector", {
  matchLabels: mapOf(TEXT),
  matchExpressions: listOf(
    struct("v1.LabelSelectorRequirement", {
      key: TEXT,
      operator: named("v1.LabelSelectorOperator"),
      values: listOf(TEXT),
    }),
  ),
});

interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: ReadonlySet<string>;
}

/** Reads a selector that {@link labelSelectorFaults} finds no fault with. An empty one matches everything. */
export function labelSelector(selector: PlainObject): LabelSelector {
  const requirements: Requirement[] = [];
  const labels = objectAt(selector, "matchLabels") ?? {};
  for (const key of Object.keys(labels)) {
    requirements.push({ key, operator: "In", values: new Set([textAt(labels, key)]) });
  }
  for (const expression of listAt(selector, "matchExpressions")) {
    requirements.push({
      key: textAt(expression, "key"),
      operator: textAt(expression, "operator") as Requirement["operator"],
      values: new Set(listAt(expression, "values").filter((value) => typeof value === "string")),
    });
  }
  return { matches: (candidate) => requirements.every((requirement) => holds(requirement, candidate)) };
}

function holds({ key, operator, values }: Requirement, labels: PlainObject): boolean {
  const value = getOwn(labels, key);
  switch (operator) {
    case "In":
      return typeof value === "string" && values.has(value);
    case "NotIn":
      return typeof value !== "string" || !values.has(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}

/** What is wrong with a selector, as Kubernetes' field errors; the path is the one Gatekeeper prints for every selector. */
export function labelSelectorFaults(selector: Value): readonly string[] {
  const faults: string[] = [];
  const path = "spec.labelSelector";
  faults.push(...labelsFaults(objectAt(selector, "matchLabels") ?? {}, `${path}.matchLabels`));
  listAt(selector, "matchExpressions").forEach((expression, index) => {
    checkExpression(expression, `${path}.matchExpressions[${index}]`, faults);
  });
  return faults;
}

/** What is wrong with a selector that nobody has checked, as one text. Mutators in files come with such. */
export function selectorFault(selector: PlainObject): string | undefined {
  const faults = labelSelectorFaults(selector);
  return faults.length === 0 ? undefined : aggregate(faults);
}

/** What is wrong with the keys and values of labels. */
export function labelsFaults(labels: PlainObject, path: string): readonly string[] {
  const faults: string[] = [];
  for (const key of Object.keys(labels).sort()) {
    checkKey(key, path, faults);
    const value = labels[key];
    if (typeof value === "string") checkValue(value, path, faults);
  }
  return faults;
}

function checkExpression(expression: Value, path: string, faults: string[]): void {
  const operator = textAt(expression, "operator");
  const values = listAt(expression, "values");
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) {
      faults.push(`${path}.values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`);
    }
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) {
      faults.push(
        `${path}.values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
      );
    }
  } else {
    faults.push(`${path}.operator: Invalid value: ${quoteText(operator)}: not a valid selector operator`);
  }
  checkKey(textAt(expression, "key"), `${path}.key`, faults);
  values.forEach((value, index) => {
    if (typeof value === "string") checkValue(value, `${path}.values[${index}]`, faults);
  });
}

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_REGEX = "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'";

function checkKey(key: string, path: string, faults: string[]): void {
  const invalid = (text: string): void =>
    void faults.push(`${path}: Invalid value: ${quoteText(key)}: ${text}`);
  const parts = key.split("/");
  const name = parts[parts.length - 1] as string;
  if (parts.length > 2) {
    const example = "(e.g. 'MyName',  or 'my.name',  or '123-abc', " + NAME_REGEX + ")";
    const prefix = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    return invalid(`a valid label key ${NAME_RULE} ${example} ${prefix}`);
  }
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    if (prefix === "") invalid("prefix part must be non-empty");
    else if (!SUBDOMAIN.test(prefix) || prefix.length > 253) invalid(`prefix part ${SUBDOMAIN_RULE}`);
  }
  if (name === "") invalid("name part must be non-empty");
  else if (name.length > 63) invalid("name part must be no more than 63 bytes");
  if (!NAME.test(name)) {
    invalid(`name part ${NAME_RULE} (e.g. 'MyName',  or 'my.name',  or '123-abc', ${NAME_REGEX})`);
  }
}

function checkValue(value: string, path: string, faults: string[]): void {
  if (value.length > 63)
    faults.push(`${path}: Invalid value: ${quoteText(value)}: must be no more than 63 bytes`);
  if (value === "" || NAME.test(value)) return;
  const rule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`;
  const regex = "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?'";
  faults.push(
    `${path}: Invalid value: ${quoteText(value)}: ${rule} (e.g. 'MyValue',  or 'my_value',  or '12345', ${regex})`,
  );
}

export const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** Why Kubernetes objects may not have a name. */
export function subdomainFaults(name: string): readonly string[] {
  const faults: string[] = [];
  if (name.length > 253) faults.push("must be no more than 253 characters");
  if (!SUBDOMAIN.test(name)) faults.push(SUBDOMAIN_RULE);
  return faults;
}

/** The labels of an object, none where it has none. */
export function labelsOf(object: PlainObject): PlainObject {
  const labels = valueAt(object, "metadata", "labels");
  return isPlainObject(labels) ? labels : {};
}
