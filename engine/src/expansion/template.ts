import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, objectMeta, textAt } from "../kubernetes/object-meta.ts";
import { OBJECT_META } from "../kubernetes/object-meta-shape.ts";
import { listOf, shapeFault, struct, TEXT } from "../kubernetes/shape.ts";
import type { Shape } from "../kubernetes/shape.ts";

/** An ExpansionTemplate: which objects imply another one, and where in them its text stands. */
export interface ExpansionTemplate {
  /** As it was given. */
  readonly object: PlainObject;
  readonly name: string;
  readonly applyTo: readonly {
    readonly groups: readonly string[];
    readonly versions: readonly string[];
    readonly kinds: readonly string[];
  }[];
  /** Field names down to the template of the generated object. */
  readonly templateSource: string;
  readonly generated: GroupVersionKind;
  /** Overrides the action of every result on a generated object; empty: no override. */
  readonly enforcementAction: string;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** An ExpansionTemplate that is refused; the message is Gatekeeper's. */
export class InvalidExpansionTemplateError extends Error {
  override readonly name = "InvalidExpansionTemplateError";
}

export const EXPANSION_GROUP = "expansion.gatekeeper.sh";

export function isExpansionTemplate(object: PlainObject): boolean {
  return (
    textAt(object, "apiVersion").startsWith(`${EXPANSION_GROUP}/`) &&
    textAt(object, "kind") === "ExpansionTemplate"
  );
}

/** The type of an ExpansionTemplate of one version. */
function expansionTemplateShape(version: string): Shape {
  const applyTo = struct("match.ApplyTo", {
    groups: listOf(TEXT),
    kinds: listOf(TEXT),
    versions: listOf(TEXT),
  });
  const generatedGVK = struct(`${version}.GeneratedGVK`, { group: TEXT, version: TEXT, kind: TEXT });
  return struct(`${version}.ExpansionTemplate`, {
    metadata: OBJECT_META,
    spec: struct(`${version}.ExpansionTemplateSpec`, {
      applyTo: listOf(applyTo),
      templateSource: TEXT,
      generatedGVK,
      enforcementAction: TEXT,
    }),
  });
}

/** Reads and checks an ExpansionTemplate. Throws {@link InvalidExpansionTemplateError}. */
export function decodeExpansionTemplate(object: PlainObject): ExpansionTemplate {
  const { name, version, apiVersion } = objectMeta(object);
  if (version !== "v1alpha1" && version !== "v1beta1") {
    const unknown = `no kind "ExpansionTemplate" is registered for version ${JSON.stringify(apiVersion)}`;
    throw new InvalidExpansionTemplateError(unknown);
  }
  const fault = shapeFault(object, expansionTemplateShape(version));
  if (fault !== undefined) throw new InvalidExpansionTemplateError(fault);
  const generated = {
    group: textAt(object, "spec", "generatedGVK", "group"),
    version: textAt(object, "spec", "generatedGVK", "version"),
    kind: textAt(object, "spec", "generatedGVK", "kind"),
  };
  const applyTo = listAt(object, "spec", "applyTo").map((entry) => ({
    groups: texts(entry, "groups"),
    versions: texts(entry, "versions"),
    kinds: texts(entry, "kinds"),
  }));
  const template: ExpansionTemplate = {
    object,
    name,
    applyTo,
    templateSource: textAt(object, "spec", "templateSource"),
    generated,
    enforcementAction: textAt(object, "spec", "enforcementAction"),
  };
  const problem = problemOf(template);
  if (problem) throw new InvalidExpansionTemplateError(problem);
  return template;
}

/** True when the template names this very group, version and kind; there are no wildcards. */
export function expandsKind(
  { applyTo }: ExpansionTemplate,
  { group, version, kind }: GroupVersionKind,
): boolean {
  return applyTo.some(
    (entry) => entry.groups.includes(group) && entry.versions.includes(version) && entry.kinds.includes(kind),
  );
}

function problemOf(template: ExpansionTemplate): string | undefined {
  const { name, generated } = template;
  if (name === "") return "ExpansionTemplate has empty name field";
  if (name.length >= 64) return "ExpansionTemplate name must be less than 64 characters";
  if (template.templateSource === "") return `ExpansionTemplate ${name} has empty source field`;
  if (generated.group === "" && generated.version === "" && generated.kind === "") {
    return `ExpansionTemplate ${name} has empty generatedGVK field`;
  }
  if (template.applyTo.length === 0) return `ExpansionTemplate ${name} must specify ApplyTo`;
  if (expandsKind(template, generated)) {
    const text = `${generated.group}/${generated.version}, Kind=${generated.kind}`;
    return `ExpansionTemplate ${name} generates GVK ${text}, but also applies to that same GVK`;
  }
  return undefined;
}

function texts(entry: Value, key: string): readonly string[] {
  return listAt(entry, key).filter((item) => typeof item === "string");
}
