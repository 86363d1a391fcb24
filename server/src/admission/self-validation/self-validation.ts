import { objectAt, textAt } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { subjectOf } from "../exemptions.ts";
import type { AdmissionOptions } from "../policies.ts";
import type { Verdict } from "../verdict.ts";
import { refuseConfig } from "./config.ts";
import { refuseConstraint } from "./constraint.ts";
import { refuseBrokenRego, refuseTemplate } from "./constraint-template.ts";
import { refuseExpansionTemplate } from "./expansion-template.ts";
import { refuseMutator } from "./mutator.ts";
import { refuseProvider } from "./provider.ts";

/**
 * Checks requests about Gatekeeper's own resources, on every operation (on DELETE the old object). Answers the refusal:
 * 422 for what its author can mend, 500 for what cannot be read. `syncset` and `connection` are not checked, as in
 * Gatekeeper.
 */
export function refuseOwnResource(
  request: PlainObject,
  client: Client,
  options: AdmissionOptions,
): Verdict | undefined {
  const group = textAt(request, "kind", "group");
  if (!OWN_GROUPS.has(group)) return undefined;
  const name = textAt(request, "name");
  // A deletion of a whole collection names nothing.
  if (textAt(request, "operation") === "DELETE" && name === "") return undefined;
  const object = subjectOf(request);
  if (!object) return refused(500, "resource cannot be decoded: no object in the request");
  const shownName = textAt(objectAt(object), "metadata", "name") || name;
  if (group !== "status.gatekeeper.sh" && Buffer.byteLength(shownName) > MAX_NAME) {
    const length = Buffer.byteLength(shownName);
    return refused(500, `resource cannot have metadata.name larger than ${MAX_NAME} char; length: ${length}`);
  }
  switch (group) {
    case "templates.gatekeeper.sh":
      return textAt(request, "kind", "kind") === "ConstraintTemplate"
        ? (refuseTemplate(object, client) ?? refuseBrokenRego(request, object, client, options))
        : undefined;
    case "constraints.gatekeeper.sh":
      return refuseConstraint(object, client, options);
    case "config.gatekeeper.sh":
      return textAt(request, "kind", "kind") === "Config" ? refuseConfig(object) : undefined;
    case "mutations.gatekeeper.sh":
      return refuseMutator(object);
    case "expansion.gatekeeper.sh":
      return textAt(request, "kind", "kind") === "ExpansionTemplate"
        ? refuseExpansionTemplate(object)
        : undefined;
    case "externaldata.gatekeeper.sh":
      return textAt(request, "kind", "kind") === "Provider" ? refuseProvider(object) : undefined;
    default:
      return undefined;
  }
}

/** A name of more bytes would not fit into the labels of the status objects. */
const MAX_NAME = 63;

/** The groups of Gatekeeper's own resources that are checked. */
export const OWN_GROUPS: ReadonlySet<string> = new Set(
  ["templates", "constraints", "mutations", "config", "externaldata", "expansion", "status"].map(
    (name) => `${name}.gatekeeper.sh`,
  ),
);

function refused(code: number, message: string): Verdict {
  return { allowed: false, code, message };
}
