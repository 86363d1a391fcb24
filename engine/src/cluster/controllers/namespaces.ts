import type { PlainObject } from "@portcullis/interpreter";
import { RECONCILED } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { isNotFound } from "../kube-error.ts";
import { KindController } from "./kind-controller.ts";
import { NAMESPACES } from "./own-kinds.ts";

/** The Namespace objects, which constraints match by their labels. */
export class Namespaces implements Controller {
  readonly #context: ControllerContext;
  readonly kind: KindController;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.kind = new KindController(context, { resource: NAMESPACES, reconcile: () => RECONCILED });
  }

  start(): void {
    this.kind.start();
  }

  stop(): Promise<void> {
    return this.kind.stop();
  }

  /**
   * The Namespace of that name, also while it is being deleted. One that the cache has not heard of yet, as when an object
   * is created right after its Namespace, is asked for. Undefined when there is none; rejects when nobody can tell.
   */
  find(name: string): PlainObject | Promise<PlainObject | undefined> {
    return this.kind.cache.get(name) ?? this.#ask(name);
  }

  async #ask(name: string): Promise<PlainObject | undefined> {
    const found = await this.#context.api.get(NAMESPACES, { name });
    if (found.ok) return found.value;
    if (isNotFound(found.error)) return undefined;
    throw new Error(`failed to get the Namespace ${JSON.stringify(name)}: ${found.error.message}`);
  }
}
