import type { PlainObject } from "@portcullis/interpreter";
import type { ExpansionSystem } from "../../expansion/system.ts";
import { decodeExpansionTemplate, InvalidExpansionTemplateError } from "../../expansion/template.ts";
import { EXPANSION_TEMPLATE_STATUS } from "../pod-status.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { EXPANSION_TEMPLATES } from "./own-kinds.ts";

/** Brings ExpansionTemplates into the expansion system and reports on each, cycles among them included. */
export class ExpansionTemplates implements Controller {
  readonly #context: ControllerContext;
  readonly #system: ExpansionSystem;
  readonly kind: KindController;
  readonly #known = new Map<string, { readonly object: PlainObject; readonly error: string | undefined }>();

  constructor(context: ControllerContext, system: ExpansionSystem) {
    this.#context = context;
    this.#system = system;
    this.kind = new KindController(context, {
      resource: EXPANSION_TEMPLATES,
      reconcile: (name, object) => (object ? this.#load(name, object) : this.#remove(name)),
    });
  }

  start(): void {
    this.kind.start();
  }

  stop(): Promise<void> {
    return this.kind.stop();
  }

  #load(name: string, object: PlainObject): Reconciled {
    this.#known.set(name, { object, error: this.#upsert(object) });
    this.#report();
    return RECONCILED;
  }

  #remove(name: string): Reconciled {
    this.#system.remove(name);
    this.#known.delete(name);
    this.#context.statuses.retract(EXPANSION_TEMPLATE_STATUS, { kind: "", name });
    this.#report();
    return RECONCILED;
  }

  /** What the template is refused for. One that closes a cycle is kept: it works once the cycle is gone. */
  #upsert(object: PlainObject): string | undefined {
    try {
      const template = decodeExpansionTemplate(object);
      try {
        this.#system.upsert(template);
      } catch (error) {
        if (!(error instanceof InvalidExpansionTemplateError)) throw error;
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof InvalidExpansionTemplateError)) throw error;
      return error.message;
    }
  }

  /** All of them: one that comes or goes begins or ends cycles of others. The status is written only where it changes. */
  #report(): void {
    const cyclic = new Set(this.#system.conflicts());
    let failed = 0;
    for (const [name, { object, error }] of this.#known) {
      const message = error ?? (cyclic.has(name) ? "template forms expansion cycle" : undefined);
      if (message !== undefined) failed++;
      const errors = message === undefined ? {} : { errors: [{ message }] };
      this.#context.statuses.report(EXPANSION_TEMPLATE_STATUS, object, errors);
    }
    this.#context.observer.setExpansionTemplates(this.#known.size - failed, failed);
  }
}
