import { getOwn, type PlainObject, type Value } from "@portcullis/interpreter";
import { listAt, objectAt, objectMeta, textAt } from "../../kubernetes/object-meta.ts";
import { compileMatch, type Matcher } from "../../target/match/match.ts";
import { parsePath, PathError } from "../path/parse.ts";
import type { Path } from "../path/path.ts";
import { pathTestsOf, PathTestError, type PathTest, type PathTests } from "../path/path-tests.ts";
import type { ApplyTo, MutatorId } from "../mutator.ts";

/** A mutator that is refused; the message is Gatekeeper's. */
export class InvalidMutatorError extends Error {
  override readonly name = "InvalidMutatorError";
}

export const MUTATIONS_GROUP = "mutations.gatekeeper.sh";

/** The fields that all mutators share, read once. */
export interface MutatorFields {
  readonly object: PlainObject;
  readonly id: MutatorId;
  readonly generation: string;
  readonly spec: PlainObject;
  readonly parameters: PlainObject;
  readonly matcher: Matcher;
  readonly location: string;
  readonly path: Path;
}

/** Reads what all mutators share. Throws {@link InvalidMutatorError}. */
export function decodeFields(object: PlainObject): MutatorFields {
  const { name, kind } = objectMeta(object);
  if (name.length > 63) throw new InvalidMutatorError("maximum name length is 63 characters");
  const spec = objectAt(object, "spec") ?? {};
  const location = textAt(spec, "location");
  const generation = getOwn(objectAt(object, "metadata") ?? {}, "generation");
  return {
    object,
    id: { group: MUTATIONS_GROUP, kind, namespace: "", name },
    generation: typeof generation === "number" ? String(generation) : "0",
    spec,
    parameters: objectAt(spec, "parameters") ?? {},
    matcher: compileMatch(objectAt(spec, "match")),
    location,
    path: guarded(`invalid location format \`${location}\` for ${kind} ${name}: `, () => parsePath(location)),
  };
}

/** Reads and checks `spec.applyTo`. */
export function decodeApplyTo(fields: MutatorFields): readonly ApplyTo[] {
  const { kind, name } = fields.id;
  const list = listAt(fields.spec, "applyTo");
  if (list.length === 0) throw new InvalidMutatorError(`applyTo required for ${kind} mutator ${name}`);
  return list.map((entry, i) => {
    const applyTo: ApplyTo = {
      groups: textList(entry, "groups"),
      versions: textList(entry, "versions"),
      kinds: textList(entry, "kinds"),
      operations: textList(entry, "operations"),
    };
    if (applyTo.groups.length === 0 || applyTo.versions.length === 0 || applyTo.kinds.length === 0) {
      throw new InvalidMutatorError(
        `invalid applyTo for ${kind} mutator ${name}, all of group, version and kind must be specified`,
      );
    }
    const problem = operationsProblem(applyTo.operations, `applyTo[${i}].operations`);
    if (problem) throw new InvalidMutatorError(`invalid applyTo for ${kind} mutator ${name}: ${problem}`);
    return applyTo;
  });
}

/** Reads `spec.parameters.pathTests` against the location. */
export function decodePathTests(fields: MutatorFields): PathTests {
  const { kind, name } = fields.id;
  const tests = listAt(fields.parameters, "pathTests").map((entry): PathTest => {
    const subPath = textAt(entry, "subPath");
    const condition = textAt(entry, "condition");
    if (condition !== "MustExist" && condition !== "MustNotExist") {
      throw new InvalidMutatorError(
        `unknown path test condition ${JSON.stringify(condition)}: must be one of MustExist, MustNotExist`,
      );
    }
    return {
      subPath: guarded(`problem parsing sub path \`${subPath}\` for ${kind} ${name}: `, () =>
        parsePath(subPath),
      ),
      condition,
    };
  });
  return guarded("", () => pathTestsOf(fields.path, tests));
}

/** A location whose last field is the key of the list element it stands in would change which element it is. */
export function refuseKeyChange({ path }: MutatorFields): void {
  const last = path.at(-1);
  const before = path.at(-2);
  if (last?.kind === "object" && before?.kind === "list" && last.name === before.keyField) {
    throw new InvalidMutatorError("invalid path format: changing the item key is not allowed");
  }
}

export function isMetadataLocation(path: Path): boolean {
  const [first] = path;
  return first?.kind === "object" && first.name === "metadata";
}

function textList(object: Value, key: string): readonly string[] {
  return listAt(object, key).filter((item) => typeof item === "string");
}

function operationsProblem(operations: readonly string[], place: string): string | undefined {
  for (const [i, operation] of operations.entries()) {
    if (!["CREATE", "UPDATE", "*"].includes(operation)) {
      return `invalid operation ${JSON.stringify(operation)} in ${place}: must be one of CREATE, UPDATE, *`;
    }
    if (operations.indexOf(operation) !== i)
      return `duplicate operation ${JSON.stringify(operation)} in ${place}`;
  }
  if (operations.length > 1 && operations.includes("*")) {
    return `wildcard "*" in ${place} must not be combined with other operations`;
  }
  return undefined;
}

/** Runs a parser and turns its refusals into one of the mutator, with a prefix. */
function guarded<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof PathError || error instanceof PathTestError) {
      throw new InvalidMutatorError(`${prefix}${error.message}`, { cause: error });
    }
    throw error;
  }
}
