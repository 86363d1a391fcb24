import { objectAt, objectMeta, valueAt } from "@portcullis/engine";
import type { MutationOutcome, Mutator } from "@portcullis/engine";
import { compareText } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";

// What a mutation leaves behind for people (contract 8.8).

/** The mutated object, with the annotations of `--mutation-annotations`. */
export function annotated({ id, object, iterations }: MutationOutcome): PlainObject {
  const names = new Set(iterations.flat().map(versionedName));
  const annotations: Record<string, Value> = {
    ...objectAt(object, "metadata", "annotations"),
    "gatekeeper.sh/mutations": [...names].sort(compareText).join(", "),
    "gatekeeper.sh/mutation-id": id,
  };
  return { ...object, metadata: { ...objectAt(object, "metadata"), annotations } };
}

/** The fields of the line that `--log-mutations` writes; the resource is the one that was sent. */
export function mutationFields(original: PlainObject, { id, iterations }: MutationOutcome): PlainObject {
  const { group, version, kind, namespace, name, generateName } = objectMeta(original);
  const rounds = iterations.map((mutators, index) => [
    `iteration_${index}`,
    mutators.map(versionedName).join(", "),
  ]);
  return {
    logger: "mutation",
    process: "mutation",
    semantic: true,
    "Mutation Id": id,
    event_type: "mutation_applied",
    resource_group: group,
    resource_kind: kind,
    resource_api_version: version,
    resource_namespace: namespace,
    resource_name: name || generateName,
    resource_source_type: "Original",
    resource_labels: valueAt(original, "metadata", "labels") ?? {},
    ...(Object.fromEntries(rounds) as PlainObject),
  };
}

function versionedName({ id, generation }: Mutator): string {
  return `${id.kind}/${id.namespace}/${id.name}:${generation}`;
}
