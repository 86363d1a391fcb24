import type { PlainObject } from "@portcullis/interpreter";
import { PROVIDER_STATUS } from "../pod-status.ts";
import { providerFault } from "../provider-fault.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { PROVIDERS } from "./own-kinds.ts";
import { versionOf } from "./version-of.ts";

const NOT_ASKED =
  "external data is not supported: no Provider is ever asked, and templates that call external_data are refused";

/** Reports on Providers: what is wrong with one, or that nobody asks it. A policy that needs one is never in force. */
export class Providers implements Controller {
  readonly #context: ControllerContext;
  readonly kind: KindController;
  /** What was reported last, by name: the time of an error is when it was found first. */
  readonly #reported = new Map<string, string>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.kind = new KindController(context, {
      resource: PROVIDERS,
      reconcile: (name, object) => (object ? this.#load(name, object) : this.#remove(name)),
    });
  }

  start(): void {
    this.kind.start();
  }

  stop(): Promise<void> {
    return this.kind.stop();
  }

  #load(name: string, provider: PlainObject): Reconciled {
    const version = versionOf(provider);
    if (this.#reported.get(name) === version) return RECONCILED;
    this.#reported.set(name, version);
    const error = {
      type: "UpsertCache",
      message: providerFault(provider) ?? NOT_ASKED,
      retryable: false,
      errorTimestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    };
    this.#context.statuses.report(PROVIDER_STATUS, provider, { errors: [error] });
    this.#context.observer.countProviderError();
    this.#count();
    return RECONCILED;
  }

  #remove(name: string): Reconciled {
    this.#reported.delete(name);
    this.#context.statuses.retract(PROVIDER_STATUS, { kind: "", name });
    this.#count();
    return RECONCILED;
  }

  #count(): void {
    this.#context.observer.setProviders(0, this.#reported.size);
  }
}
