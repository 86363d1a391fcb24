import { listAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import { readTarget } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { folderSystems } from "../local/folder-systems.ts";
import { customResourceDefinitions } from "../manifests/crds.ts";
import { refused } from "./refused.ts";
import { changed, checkedObject, unsupported } from "./remark.ts";
import type { Checked, Remark, Sourced } from "./remark.ts";

/** Mutators one by one, and those that disagree about the schema of objects. */
export function checkMutators(mutators: readonly Sourced[]): readonly Checked[] {
  const systems = folderSystems();
  const faults = mutators.map(({ object }) => systems.mutators.upsert(object));
  return mutators.map((mutator, index) => {
    const { group, kind, namespace, name } = objectMeta(mutator.object);
    const fault = faults[index] ?? systems.mutation.conflictOf({ group, kind, namespace, name });
    const remarks = fault === undefined ? [] : [refused(mutator.object, fault)];
    return checkedObject(mutator, [...remarks, ...asksProvider(mutator.object)]);
  });
}

function asksProvider(mutator: PlainObject): readonly Remark[] {
  const provider = textAt(mutator, "spec", "parameters", "assign", "externalData", "provider");
  if (provider === "") return [];
  return [
    unsupported(
      `it asks the Provider ${provider}, which Portcullis does not: its failurePolicy decides, as if the Provider were down`,
      "assign a fixed value, or leave such fields to another webhook",
    ),
  ];
}

export function checkExpansionTemplates(templates: readonly Sourced[]): readonly Checked[] {
  const { expansionTemplates } = folderSystems();
  return templates.map((each) => {
    const fault = expansionTemplates.upsert(each.object);
    return checkedObject(each, fault === undefined ? [] : [refused(each.object, fault)]);
  });
}

export function checkConfigs(configs: readonly Sourced[]): readonly Checked[] {
  return configs.map((config) => {
    const stats = valueAt(config.object, "spec", "readiness", "statsEnabled") === true;
    const remark = changed("spec.readiness.statsEnabled has no effect: /readyz always names what is missing");
    return checkedObject(config, stats ? [remark] : []);
  });
}

/** A Connection that Gatekeeper could not use either exports nothing here. */
export function checkConnections(connections: readonly Sourced[]): readonly Checked[] {
  return connections.map((each) => {
    const read = readTarget(each.object);
    return checkedObject(each, read.ok ? [] : [refused(each.object, read.message)]);
  });
}

/** Objects whose kinds are kept and served, and whose content nobody looks at. */
export function checkUnused(objects: readonly Sourced[]): readonly Checked[] {
  return objects.map((each) => checkedObject(each, [UNUSED[objectMeta(each.object).kind] as Remark]));
}

/** Kinds that are served and have no effect. */
export const UNUSED: Readonly<Record<string, Remark>> = {
  Provider: unsupported(
    "it stays where it is, but nobody asks it: templates with external_data do not compile",
    "see the templates and mutators that name it",
  ),
};

/** A kind is stored in versions that its CustomResourceDefinition has to go on knowing. */
export function checkDefinitions(definitions: readonly Sourced[]): readonly Checked[] {
  const ours = new Map(customResourceDefinitions().map((each) => [objectMeta(each).name, each]));
  return definitions.flatMap((definition) => {
    const own = ours.get(objectMeta(definition.object).name);
    if (own === undefined) return [];
    const served = new Set(listAt(own, "spec", "versions").map((version) => textAt(version, "name")));
    const lost = listAt(definition.object, "status", "storedVersions").filter(
      (version) => !served.has(version as string),
    );
    const remark = unsupported(
      `objects are stored in version ${lost.join(", ")}, which Portcullis does not serve`,
      "write each object once (kubectl get … -o yaml | kubectl replace -f -), then take the version out of status.storedVersions",
    );
    return [checkedObject(definition, lost.length > 0 ? [remark] : [])];
  });
}

/** Gatekeeper of years ago put finalizers on what it looked at; nobody takes them off any more. */
export function oldFinalizers(object: PlainObject): readonly Remark[] {
  const old = listAt(object, "metadata", "finalizers").filter((name) =>
    String(name).includes("gatekeeper.sh"),
  );
  if (old.length === 0) return [];
  const { group, kind, namespace, name } = objectMeta(object);
  const where = namespace === "" ? "" : ` -n ${namespace}`;
  const resource = `${kind.toLowerCase()}${group === "" ? "" : `.${group}`}`;
  return [
    changed(
      `an old Gatekeeper left the finalizer ${old.join(", ")}: it cannot be deleted while it is there`,
      `kubectl patch ${resource} ${name}${where} --type=json -p '[{"op":"remove","path":"/metadata/finalizers"}]'`,
    ),
  ];
}
