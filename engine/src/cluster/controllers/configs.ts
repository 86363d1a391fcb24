import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { CONFIG_STATUS } from "../pod-status.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { CONFIGS } from "./own-kinds.ts";

/** The one Config that counts: named `config`, in Gatekeeper's namespace. Others are told of in the log alone. */
export class Configs implements Controller {
  readonly #context: ControllerContext;
  readonly kind: KindController;
  readonly #onConfig: (config: PlainObject | undefined) => void;

  /** `onConfig` hears of the Config in force: undefined when there is none. */
  constructor(context: ControllerContext, onConfig: (config: PlainObject | undefined) => void) {
    this.#context = context;
    this.#onConfig = onConfig;
    this.kind = new KindController(context, {
      resource: CONFIGS,
      namespace: context.pod.namespace,
      reconcile: (key, object) => this.#reconcile(key, object),
    });
  }

  start(): void {
    this.kind.start();
  }

  stop(): Promise<void> {
    return this.kind.stop();
  }

  #reconcile(key: string, object: PlainObject | undefined): Reconciled {
    const { pod, statuses, log } = this.#context;
    if (key !== `${pod.namespace}/config`) {
      if (object) log.info("ignoring a Config that is not named config", { name: objectMeta(object).name });
      return RECONCILED;
    }
    this.#onConfig(object);
    if (object) statuses.report(CONFIG_STATUS, object, {});
    else statuses.retract(CONFIG_STATUS, { kind: "", namespace: pod.namespace, name: "config" });
    return RECONCILED;
  }
}
