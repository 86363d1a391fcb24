import { isArray, isObject, parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { GroupVersionKind } from "../../inventory/sync-selection.ts";
import { listAt, objectMeta, valueAt } from "../../kubernetes/object-meta.ts";

/** Kinds of which one at least has to be synchronised. */
export type Requirement = readonly GroupVersionKind[];

/** The annotation cannot be read. */
export class RequirementError extends Error {
  override readonly name = "RequirementError";
}

const ANNOTATION = "metadata.gatekeeper.sh/requires-sync-data";

/**
 * What a template needs of `data.inventory`: each requirement is met by any of its kinds. The annotation holds JSON, with or
 * without quotation marks around it. Throws {@link RequirementError}.
 */
export function syncRequirements(template: PlainObject): readonly Requirement[] {
  const text = valueAt(template, "metadata", "annotations", ANNOTATION);
  if (text === undefined || text === null) return [];
  const parsed = parseJson(String(text).trim().replace(/^"|"$/g, ""));
  if (!parsed.ok) throw new RequirementError(parsed.error.message);
  if (!isArray(parsed.value)) throw wrong("the annotation", "a list of requirements");
  return parsed.value.map((requirement) => {
    if (!isArray(requirement)) throw wrong("a requirement", "a list of equivalent kinds");
    return requirement.flatMap(kindsOf);
  });
}

const FIELDS = new Set(["groups", "versions", "kinds"]);

function kindsOf(set: Value): readonly GroupVersionKind[] {
  if (!isObject(set)) throw wrong("an entry", "an object with groups, versions and kinds");
  for (const key of Object.keys(set)) {
    if (!FIELDS.has(key)) throw new RequirementError(`json: unknown field ${JSON.stringify(key)}`);
    const items = valueAt(set, key) ?? null;
    if (!isArray(items) || !items.every((item) => typeof item === "string"))
      throw wrong(key, "a list of strings");
  }
  const texts = (key: string): readonly string[] => listAt(set, key) as readonly string[];
  return texts("groups").flatMap((group) =>
    texts("versions").flatMap((version) => texts("kinds").map((kind) => ({ group, version, kind }))),
  );
}

function wrong(what: string, wanted: string): RequirementError {
  return new RequirementError(`${what} has to be ${wanted}`);
}

/** `networking.k8s.io/v1:Ingress OR extensions/v1beta1:Ingress`. */
export function requirementText(requirement: Requirement): string {
  return requirement.map(({ group, version, kind }) => `${group}/${version}:${kind}`).join(" OR ");
}

/** The name by which a report names the template. */
export function templateName(template: PlainObject): string {
  return objectMeta(template).name;
}
