import type { PlainObject } from "@portcullis/interpreter";
import { listAt, objectAt, textAt } from "../../kubernetes/object-meta.ts";
import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import { createListWatch } from "../list-watch.ts";
import type { ListWatch } from "../list-watch.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { isBeingDeleted } from "./kind-controller.ts";
import { CUSTOM_RESOURCE_DEFINITIONS } from "./own-kinds.ts";

/** Tells of CustomResourceDefinitions: when kinds begin to be served, and when somebody touches those of constraints. */
export class CrdWatch implements Controller {
  readonly #watch: ListWatch;
  readonly #context: ControllerContext;
  readonly #listeners: ((name: string) => void)[] = [];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { api, log, readiness, timing } = context;
    this.#watch = createListWatch({
      api,
      resource: CUSTOM_RESOURCE_DEFINITIONS,
      project,
      // CRDs are large: some operators bring half a megabyte each.
      pageSize: 50,
      ...(timing && { timing }),
      onChange: ({ key }) => {
        for (const listener of this.#listeners) listener(key);
      },
      onSynced: () => readiness.listArrived(CUSTOM_RESOURCE_DEFINITIONS.kind),
      onFailure: ({ during, error }) =>
        log.error(`could not ${during}`, { kind: CUSTOM_RESOURCE_DEFINITIONS.kind, error: error.message }),
    });
  }

  /** Called with the name of each CRD that changes. */
  onChange(listener: (name: string) => void): void {
    this.#listeners.push(listener);
  }

  /** The CRD of that name, its versions only where it is one of constraints. */
  get(name: string): PlainObject | undefined {
    return this.#watch.cache.get(name);
  }

  /** The uid of the CRD when its kind is served; undefined otherwise. */
  servedUid(name: string): string | undefined {
    const crd = this.get(name);
    if (!crd || isBeingDeleted(crd)) return undefined;
    const isEstablished = listAt(crd, "status", "conditions").some(
      (condition) => textAt(condition, "type") === "Established" && textAt(condition, "status") === "True",
    );
    return isEstablished ? textAt(crd, "metadata", "uid") : undefined;
  }

  start(): void {
    this.#context.readiness.expectList(CUSTOM_RESOURCE_DEFINITIONS.kind);
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  /** Settles with the first complete list. */
  whenListed(): Promise<boolean> {
    return this.#watch.whenSettled();
  }
}

/** The schemas of other people's CRDs are nothing to us, and most of their size. */
function project(crd: PlainObject): PlainObject {
  if (textAt(crd, "spec", "group") === CONSTRAINT_GROUP) return crd;
  const { versions: _, ...spec } = objectAt(crd, "spec") ?? {};
  return { ...crd, spec };
}
