import type { PlainObject } from "@portcullis/interpreter";
import type { Matcher } from "../target/match/match.ts";
import type { Path } from "./path/path.ts";

/** One Assign, AssignMetadata, ModifySet or AssignImage, checked and ready to apply. */
export interface Mutator {
  /** As it was given. */
  readonly object: PlainObject;
  readonly id: MutatorId;
  readonly generation: string;
  readonly path: Path;
  /** The kinds and operations it is for; undefined: all of them (AssignMetadata). */
  readonly applyTo: readonly ApplyTo[] | undefined;
  /** `spec.match`. */
  readonly matcher: Matcher;
  /** What the end of the location must be, for conflicts between mutators; undefined takes no part in them. */
  readonly schema: TerminalSchema | undefined;
  /** Returns the changed object, or undefined when nothing was set. Throws `MutationError`. */
  mutate(object: PlainObject): PlainObject | undefined;
}

export interface MutatorId {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface ApplyTo {
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly kinds: readonly string[];
  /** Empty: CREATE and UPDATE. */
  readonly operations: readonly string[];
}

export interface TerminalSchema {
  readonly type: "unknown" | "set" | "string";
  /** No other mutator's location may go on below. */
  readonly mustTerminate: boolean;
}

/** The key of a mutator, and the order in which mutators apply. */
export function mutatorKey({ group, kind, namespace, name }: MutatorId): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** A mutator as messages name it: `Assign.mutations.gatekeeper.sh namespace/name`. */
export function mutatorName({ group, kind, namespace, name }: MutatorId): string {
  return `${kind}.${group} ${namespace}/${name}`;
}

export function compareMutatorIds(a: MutatorId, b: MutatorId): number {
  return (
    compareNames(a.group, b.group) ||
    compareNames(a.kind, b.kind) ||
    compareNames(a.namespace, b.namespace) ||
    compareNames(a.name, b.name)
  );
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
