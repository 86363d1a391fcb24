import type { PlainObject } from "@portcullis/interpreter";
import { listAt, objectMeta, textAt } from "../../kubernetes/object-meta.ts";
import type { KubeApi } from "../api.ts";
import { createListWatch } from "../list-watch.ts";
import type { ListWatch, ListWatchTiming } from "../list-watch.ts";
import type { Controller, ControllerLog } from "./controller.ts";
import { isBeingDeleted } from "./kind-controller.ts";
import { PODS } from "./own-kinds.ts";

export interface ValidatingPodsOptions {
  readonly api: KubeApi;
  readonly log: ControllerLog;
  /** Our own. */
  readonly namespace: string;
  /** Other pods count than before. */
  readonly onChange: () => void;
  readonly timing?: Partial<ListWatchTiming>;
}

/**
 * Which pods of ours judge objects at the moment: those that are ready and have an operation which loads templates and
 * constraints. Each of them has a word on every template and constraint, sooner or later.
 */
export class ValidatingPods implements Controller {
  readonly #watch: ListWatch;
  #names: readonly string[] = [];

  constructor({ api, log, namespace, onChange, timing }: ValidatingPodsOptions) {
    this.#watch = createListWatch({
      api,
      resource: PODS,
      namespace,
      labelSelector: "gatekeeper.sh/system=yes",
      ...(timing && { timing }),
      onChange: () => {
        const names = [...this.#watch.cache.values()].filter(isJudging).map((pod) => objectMeta(pod).name);
        names.sort();
        if (names.join() === this.#names.join()) return;
        this.#names = names;
        onChange();
      },
      onFailure: ({ during, error }) =>
        log.error(`could not ${during}`, { kind: "Pod", error: error.message }),
    });
  }

  /** Sorted. */
  names(): readonly string[] {
    return this.#names;
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }
}

function isJudging(pod: PlainObject): boolean {
  const isReady = listAt(pod, "status", "conditions").some(
    (condition) => textAt(condition, "type") === "Ready" && textAt(condition, "status") === "True",
  );
  return isReady && !isBeingDeleted(pod) && listAt(pod, "spec", "containers").some(validates);
}

const VALIDATING = new Set(["audit", "status", "webhook"]);

/** As its command line tells: without any operation a process does everything. */
function validates(container: unknown): boolean {
  const words = [...listAt(container as PlainObject, "command"), ...listAt(container as PlainObject, "args")];
  const operations = words.flatMap((word) => {
    const named = /^--?operation=(.*)$/.exec(typeof word === "string" ? word : "")?.[1];
    return named === undefined ? [] : named.split(",");
  });
  return operations.length === 0 || operations.some((operation) => VALIDATING.has(operation));
}
