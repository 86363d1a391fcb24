import { equals } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { validateEnforcementActions } from "../../constraints/enforcement-action.ts";
import { textAt, valueAt } from "../../kubernetes/object-meta.ts";
import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import { CONSTRAINT_STATUS } from "../pod-status.ts";
import { nameOfKey } from "../resource.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller, RefusedPolicy, WatchCounts } from "./controller.ts";
import type { CrdWatch } from "./crd-watch.ts";
import { KindController } from "./kind-controller.ts";
import { constraintResource } from "./own-kinds.ts";

interface Followed {
  readonly controller: KindController;
  /** The CRD that is known to be served. */
  crdUid: string | undefined;
}

/**
 * Brings constraints of every kind that has a template into the engine and reports on each. A version that is refused leaves
 * the former one in force (decision 0014).
 */
export class Constraints implements Controller {
  readonly #context: ControllerContext;
  readonly #crds: CrdWatch;
  readonly #kinds = new Map<string, Followed>();
  /** What the engine was given last, by kind and name. */
  readonly #given = new Map<string, { readonly object: PlainObject; readonly error: string | undefined }>();

  constructor(context: ControllerContext, crds: CrdWatch) {
    this.#context = context;
    this.#crds = crds;
    crds.onChange((name) => this.#crdChanged(name));
  }

  /** Kinds are followed as their templates come. */
  start(): void {}

  async stop(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map(({ controller }) => controller.stop()));
  }

  /** The template of a kind is in force, or another version of it: its constraints are given to the engine, again. */
  follow(kind: string): void {
    const known = this.#kinds.get(kind);
    if (known) {
      // The engine has kept those it had; those it refused may be right now.
      for (const [key, given] of this.#given) {
        if (kindOfKey(key) === kind && given.error !== undefined) this.#given.delete(key);
      }
      known.controller.requeueAll();
      return;
    }
    const controller = new KindController(this.#context, {
      resource: constraintResource(kind),
      reconcile: (key, object) => (object ? this.#load(kind, key, object) : this.#remove(kind, key)),
    });
    this.#kinds.set(kind, { controller, crdUid: this.#crds.servedUid(crdName(kind)) });
    controller.start();
  }

  /** The template is gone; its CRD and with it its constraints follow. */
  unfollow(kind: string): void {
    const followed = this.#kinds.get(kind);
    if (!followed) return;
    this.#kinds.delete(kind);
    void followed.controller.stop();
    for (const key of followed.controller.cache.keys()) this.#remove(kind, key);
  }

  /** Kinds of constraints that templates bring, and those that the API server serves. */
  watches(): WatchCounts {
    const kinds = [...this.#kinds.values()];
    const watched = kinds.filter(({ controller }) => controller.isServed).length;
    return { intended: kinds.length, watched };
  }

  /** The constraint of a subject, as last heard of. */
  find(kind: string, name: string): PlainObject | undefined {
    return this.#kinds.get(kind)?.controller.get(name);
  }

  /** The constraints whose present version is not in force. */
  *refused(): Iterable<RefusedPolicy> {
    for (const [key, { error }] of this.#given) {
      if (error === undefined) continue;
      const kind = kindOfKey(key);
      yield { kind, name: key.slice(kind.length + 1), constraintKind: kind, message: error };
    }
  }

  #crdChanged(name: string): void {
    for (const [kind, followed] of this.#kinds) {
      if (crdName(kind) !== name) continue;
      const uid = this.#crds.servedUid(name);
      if (uid !== undefined && uid !== followed.crdUid) followed.controller.wake();
      followed.crdUid = uid;
    }
  }

  #load(kind: string, key: string, object: PlainObject): Reconciled {
    const { client, statuses, log } = this.#context;
    const given = this.#given.get(fullKey(kind, key));
    if (given && isSameConstraint(given.object, object)) return RECONCILED;
    const actions = validateEnforcementActions(object);
    const outcome = actions.ok ? client.addConstraint(object) : actions;
    const error = outcome.ok ? undefined : outcome.error.message;
    this.#given.set(fullKey(kind, key), { object, error });
    statuses.report(
      CONSTRAINT_STATUS,
      object,
      error === undefined ? { enforced: true } : { errors: [{ code: "ingest_error", message: error }] },
    );
    const fields = { constraint_kind: kind, constraint_name: key };
    if (error === undefined) log.info("the constraint is enforced", fields);
    else log.error("the constraint is refused", { ...fields, error });
    this.#count();
    return RECONCILED;
  }

  #remove(kind: string, key: string): Reconciled {
    const { name } = nameOfKey(key);
    this.#context.client.removeConstraint(kind, name);
    this.#context.statuses.retract(CONSTRAINT_STATUS, { kind, name });
    this.#given.delete(fullKey(kind, key));
    this.#count();
    return RECONCILED;
  }

  #count(): void {
    const counts = new Map<string, { active: number; error: number }>();
    for (const { object, error } of this.#given.values()) {
      const written = textAt(object, "spec", "enforcementAction") || "deny";
      const action = KNOWN_ACTIONS.has(written) ? written : "unrecognized";
      const row = counts.get(action) ?? { active: 0, error: 0 };
      row[error === undefined ? "active" : "error"]++;
      counts.set(action, row);
    }
    this.#context.observer.setConstraints(counts);
  }
}

const KNOWN_ACTIONS: ReadonlySet<string> = new Set(["deny", "dryrun", "warn", "scoped"]);

function crdName(kind: string): string {
  return `${kind.toLowerCase()}.${CONSTRAINT_GROUP}`;
}

function fullKey(kind: string, key: string): string {
  return `${kind} ${key}`;
}

function kindOfKey(full: string): string {
  return full.slice(0, full.indexOf(" "));
}

/** The engine takes no notice of the status, which is written after every audit. */
function isSameConstraint(before: PlainObject, after: PlainObject): boolean {
  const parts: readonly (readonly string[])[] = [
    ["spec"],
    ["metadata", "uid"],
    ["metadata", "labels"],
    ["metadata", "annotations"],
  ];
  return parts.every((path) => equals(valueAt(before, ...path) ?? null, valueAt(after, ...path) ?? null));
}
