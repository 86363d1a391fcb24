import type { PlainObject } from "@portcullis/interpreter";
import { nameOfKey } from "../resource.ts";
import { CONNECTION_STATUS } from "../pod-status.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { CONNECTIONS } from "./own-kinds.ts";

const NOT_USED =
  "violations are not exported: they are in the log, in the metrics and in the status of constraints";

/** Reports on the Connections of Gatekeeper's namespace that nothing is sent through them. */
export class Connections implements Controller {
  readonly #context: ControllerContext;
  readonly kind: KindController;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.kind = new KindController(context, {
      resource: CONNECTIONS,
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

  #reconcile(key: string, connection: PlainObject | undefined): Reconciled {
    const { statuses } = this.#context;
    if (connection) {
      const connectionErrors = [{ type: "UpsertConnection", message: NOT_USED }];
      statuses.report(CONNECTION_STATUS, connection, { connectionErrors });
    } else statuses.retract(CONNECTION_STATUS, { kind: "", ...nameOfKey(key) });
    return RECONCILED;
  }
}
