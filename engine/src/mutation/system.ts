import { equals, type PlainObject } from "@portcullis/interpreter";
import { objectMeta } from "../kubernetes/object-meta.ts";
import { matchable } from "../target/match/matchable.ts";
import { appliesTo } from "./applies-to.ts";
import { compareMutatorIds, mutatorKey, mutatorName, type Mutator, type MutatorId } from "./mutator.ts";
import { schemaConflicts } from "./schema-conflicts.ts";
import { MutationError } from "./walk.ts";

/** The object to mutate and what the match criteria need to know about it. */
export interface MutationTarget {
  readonly object: PlainObject;
  /** CREATE, UPDATE, or empty where there is no request (audit, expansion, gator). */
  readonly operation: string;
  readonly namespace?: PlainObject;
  readonly source: "Original" | "Generated";
}

export interface MutationOutcome {
  /** Of this mutation alone. */
  readonly id: string;
  readonly object: PlainObject;
  readonly mutated: boolean;
  /** For each iteration, the mutators that were applied. */
  readonly iterations: readonly (readonly Mutator[])[];
}

export interface MutationSystemOptions {
  /** A fresh id for each mutation, as it stands in messages. */
  readonly newId: () => string;
}

/** All mutators, and their application to a fixed point. */
export class MutationSystem {
  readonly #options: MutationSystemOptions;
  readonly #mutators = new Map<string, Mutator>();
  #ordered: readonly Mutator[] = [];
  #conflicts: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(options: MutationSystemOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#mutators.size;
  }

  /** The mutators as they were given, in their order; those of conflicts too. */
  objects(): readonly PlainObject[] {
    const all = [...this.#mutators.values()].sort((a, b) => compareMutatorIds(a.id, b.id));
    return all.map(({ object }) => object);
  }

  upsert(mutator: Mutator): void {
    this.#mutators.set(mutatorKey(mutator.id), mutator);
    this.#refresh();
  }

  remove(id: MutatorId): void {
    if (this.#mutators.delete(mutatorKey(id))) this.#refresh();
  }

  /** What is wrong while this mutator and others disagree about the schema, in Gatekeeper's words; undefined when none does. */
  conflictOf(id: MutatorId): string | undefined {
    const keys = this.#conflicts.get(mutatorKey(id));
    if (keys === undefined) return undefined;
    const names = keys.map((key) => mutatorName((this.#mutators.get(key) as Mutator).id));
    return `the following mutators have conflicting schemas: ${names.join(",")}`;
  }

  /**
   * Applies every mutator that is for the object, in order, again and again until nothing changes. Throws
   * {@link MutationError} when one cannot be applied, or when the object still changes after one round more than there
   * are mutators.
   */
  mutate(target: MutationTarget): MutationOutcome {
    const id = this.#options.newId();
    const iterations: (readonly Mutator[])[] = [];
    let object = target.object;
    for (let round = 0; round <= this.#mutators.size; round++) {
      const before = object;
      const applied: Mutator[] = [];
      for (const mutator of this.#ordered) {
        const changed = this.#apply(mutator, { ...target, object }, id);
        if (changed === undefined) continue;
        object = changed;
        applied.push(mutator);
      }
      if (applied.length === 0 || equals(before, object)) {
        return { id, object: round === 0 ? target.object : object, mutated: round > 0, iterations };
      }
      iterations.push(applied);
    }
    throw new MutationError(
      `mutation not converging: mutation ${id} not converging for ${describe(target.object)}`,
    );
  }

  #apply(mutator: Mutator, target: MutationTarget, id: string): PlainObject | undefined {
    if (!appliesTo(mutator.applyTo, objectMeta(target.object), target.operation)) return undefined;
    if (!matches(mutator, target)) return undefined;
    try {
      return mutator.mutate(target.object);
    } catch (error) {
      if (!(error instanceof MutationError)) throw error;
      throw new MutationError(
        `mutation ${id} for mutator ${mutatorName(mutator.id)} failed for ${describe(target.object)}: ${error.message}`,
        { cause: error },
      );
    }
  }

  #refresh(): void {
    const all = [...this.#mutators.values()].sort((a, b) => compareMutatorIds(a.id, b.id));
    this.#conflicts = schemaConflicts(all);
    this.#ordered = all.filter((mutator) => !this.#conflicts.has(mutatorKey(mutator.id)));
  }
}

/** Whether `spec.match` holds for the object in its present state. */
function matches(mutator: Mutator, { object, namespace, source }: MutationTarget): boolean {
  const decision = mutator.matcher.match(matchable(object, namespace, source));
  if ("error" in decision) throw new MutationError(decision.error);
  return decision.matched;
}

/** Group, kind, namespace and name, as Gatekeeper's messages list them. */
function describe(object: PlainObject): string {
  const { group, kind, namespace, name } = objectMeta(object);
  return `${group} ${kind} ${namespace} ${name}`;
}
