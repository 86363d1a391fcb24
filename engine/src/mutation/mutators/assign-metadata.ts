import type { PlainObject } from "@portcullis/interpreter";
import type { Mutator } from "../mutator.ts";
import { printPath, type Path } from "../path/path.ts";
import { mutateAt } from "../walk.ts";
import { decodeAssign, resolveAssign } from "./assign-value.ts";
import { decodeFields, InvalidMutatorError } from "./decode.ts";

/** AssignMetadata: adds a label or an annotation, and never changes one that is there. Throws {@link InvalidMutatorError}. */
export function decodeAssignMetadata(object: PlainObject): Mutator {
  const fields = decodeFields(object);
  if (!isLabelOrAnnotation(fields.path)) {
    throw new InvalidMutatorError(
      `invalid location for assignmetadata ${fields.id.name}: ${printPath(fields.path)}`,
    );
  }
  const source = decodeAssign(fields);
  if (source.kind === "value" && typeof source.value !== "string") {
    const name = JSON.stringify(fields.id.name);
    throw new InvalidMutatorError(
      `spec.parameters.assign.value field must be a string for AssignMetadata ${name}`,
    );
  }
  if (source.kind === "external" && source.dataSource !== "Username") {
    throw new InvalidMutatorError(
      `only username data source is supported for assignmetadata ${fields.id.name}`,
    );
  }
  const neverOverwrite = new Map([[fields.path.length, "MustNotExist"]] as const);
  return {
    object: fields.object,
    id: fields.id,
    generation: fields.generation,
    path: fields.path,
    applyTo: undefined,
    matcher: fields.matcher,
    schema: undefined,
    mutate: (target) =>
      mutateAt(target, fields.path, neverOverwrite, {
        setField: (existing) => resolveAssign(source, target, existing),
      }),
  };
}

function isLabelOrAnnotation(path: Path): boolean {
  const [root, map, key] = path;
  return (
    path.length === 3 &&
    root?.kind === "object" &&
    root.name === "metadata" &&
    map?.kind === "object" &&
    (map.name === "labels" || map.name === "annotations") &&
    key?.kind === "object"
  );
}
