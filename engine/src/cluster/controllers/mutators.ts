import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { mutatorKey } from "../../mutation/mutator.ts";
import type { MutatorId } from "../../mutation/mutator.ts";
import { InvalidMutatorError } from "../../mutation/mutators/decode.ts";
import { decodeMutator } from "../../mutation/mutators/decode-mutator.ts";
import type { MutationSystem } from "../../mutation/system.ts";
import { MUTATOR_STATUS } from "../pod-status.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { MUTATORS } from "./own-kinds.ts";

/**
 * Brings the mutators of all kinds into the mutation system and reports on each, conflicts between them included.
 * A version that is refused leaves the former one in force (decision 0014).
 */
export class Mutators implements Controller {
  readonly #context: ControllerContext;
  readonly #system: MutationSystem;
  readonly kinds: readonly KindController[];
  /** All that are there, by key, with what they are refused for. */
  readonly #known = new Map<string, { readonly object: PlainObject; readonly error: string | undefined }>();
  /** Those last reported as conflicting. */
  #conflicting: ReadonlySet<string> = new Set();

  constructor(context: ControllerContext, system: MutationSystem) {
    this.#context = context;
    this.#system = system;
    this.kinds = MUTATORS.map(
      (resource) =>
        new KindController(context, {
          resource,
          reconcile: (name, object) => {
            const id = { group: resource.group, kind: resource.kind, namespace: "", name };
            return object ? this.#load(id, object) : this.#remove(id);
          },
        }),
    );
  }

  start(): void {
    for (const kind of this.kinds) kind.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.kinds.map((kind) => kind.stop()));
  }

  #load(id: MutatorId, object: PlainObject): Reconciled {
    const started = performance.now();
    const error = refusal(() => this.#system.upsert(decodeMutator(object)));
    const seconds = (performance.now() - started) / 1000;
    this.#context.observer.countMutatorIngestion(error === undefined, seconds);
    this.#known.set(mutatorKey(id), { object, error });
    this.#report(id);
    this.#reportConflicts();
    return RECONCILED;
  }

  #remove(id: MutatorId): Reconciled {
    this.#system.remove(id);
    this.#known.delete(mutatorKey(id));
    this.#context.statuses.retract(MUTATOR_STATUS, { kind: id.kind, name: id.name });
    this.#reportConflicts();
    return RECONCILED;
  }

  #report(id: MutatorId): void {
    const known = this.#known.get(mutatorKey(id));
    if (!known) return;
    const { statuses } = this.#context;
    const conflict = this.#system.conflictOf(id);
    if (known.error !== undefined) {
      statuses.report(MUTATOR_STATUS, known.object, { errors: [{ message: known.error }] });
    } else if (conflict !== undefined) {
      const errors = [{ type: "ErrConflictingSchema", message: conflict }];
      statuses.report(MUTATOR_STATUS, known.object, { errors });
    } else statuses.report(MUTATOR_STATUS, known.object, { enforced: true });
  }

  /** A mutator that comes or goes begins or ends conflicts of others. */
  #reportConflicts(): void {
    const now = new Set<string>();
    for (const [key, { object }] of this.#known) {
      const { group, kind, name } = objectMeta(object);
      const id = { group, kind, namespace: "", name };
      const isConflicting = this.#system.conflictOf(id) !== undefined;
      if (isConflicting) now.add(key);
      if (isConflicting || this.#conflicting.has(key)) this.#report(id);
    }
    this.#conflicting = now;
    const failed = [...this.#known.values()].filter(({ error }) => error !== undefined).length + now.size;
    this.#context.observer.setMutators(this.#known.size - failed, failed, now.size);
  }
}

function refusal(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMutatorError) return error.message;
    throw error;
  }
}
