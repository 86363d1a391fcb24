import { quoteText } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { labelsFaults, subdomainFaults } from "../kubernetes/label-selector.ts";
import { listAt, objectAt, textAt } from "../kubernetes/object-meta.ts";
import { CONSTRAINT_GROUP } from "./crd.ts";

const DNS_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const DNS_LABEL_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
  "'[a-z]([-a-z0-9]*[a-z0-9])?')";

/**
 * What is wrong with the name, the labels and the kinds of the constraint CRD that a template asks for, as field errors in the
 * API server's words and order.
 */
export function crdFaults(template: PlainObject): readonly string[] {
  const names = objectAt(template, "spec", "crd", "spec", "names");
  const kind = textAt(names, "kind");
  const lower = kind.toLowerCase();
  const crdName = `${lower}.${CONSTRAINT_GROUP}`;
  const faults = subdomainFaults(crdName).map((rule) => invalid("metadata.name", crdName, rule));
  faults.push(...labelsFaults(objectAt(template, "metadata", "labels") ?? {}, "metadata.labels"));
  const check = (path: string, value: string, mixed: boolean): void => {
    const fault = labelFault(mixed ? value.toLowerCase() : value);
    const start = mixed ? "may have mixed case, but should otherwise match: " : "";
    if (fault !== undefined) faults.push(invalid(`spec.names.${path}`, value, `${start}${fault}`));
  };
  check("plural", lower, false);
  check("singular", lower, false);
  check("kind", kind, true);
  check("listKind", `${kind}List`, true);
  listAt(names, "shortNames").forEach((name, index) => {
    if (typeof name === "string") check(`shortNames[${index}]`, name, false);
  });
  return faults;
}

function invalid(path: string, value: string, rule: string): string {
  return `${path}: Invalid value: ${quoteText(value)}: ${rule}`;
}

function labelFault(name: string): string | undefined {
  const faults: string[] = [];
  if (name.length > 63) faults.push("must be no more than 63 characters");
  if (!DNS_LABEL.test(name)) faults.push(DNS_LABEL_RULE);
  return faults.length === 0 ? undefined : faults.join(",");
}
