import { setTimeout as sleep } from "node:timers/promises";
import type { KubeApi, KubeResult, Resource } from "@portcullis/engine/cluster";
import { configMap } from "./questions.ts";

/** What came of the requests that a user sent to the API server itself. */
export interface UserTally {
  requests: number;
  wrong: number;
  /** The API server says that it could not call the webhook. */
  unanswered: number;
  /** The API server itself did not answer, or had no etcd: no matter of ours. */
  unavailable: number;
  readonly faults: string[];
}

const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};

const DENIED =
  'admission webhook "validation.gatekeeper.sh" denied the request: [owner] label owner is missing';
const PAUSE_MS = 200;
const TIMEOUT_MS = 15_000;

/** Somebody who creates objects, in turn good and bad ones, with `dryRun`: the API server calls the webhooks for each. */
export class ApiUser {
  readonly #api: KubeApi;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #tally = empty();

  constructor(api: KubeApi) {
    this.#api = api;
    this.#running = this.#run();
  }

  /** What was counted since the last time. */
  take(): UserTally {
    const taken = this.#tally;
    this.#tally = empty();
    return taken;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (let n = 0; !signal.aborted; n++) {
      const good = n % 2 === 0;
      const object = configMap(good ? { owner: "a" } : {});
      this.#judge(good, await this.#api.create(CONFIG_MAPS, object, { dryRun: true, timeoutMs: TIMEOUT_MS }));
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #judge(good: boolean, answer: KubeResult<unknown>): void {
    const tally = this.#tally;
    tally.requests++;
    const message = answer.ok ? undefined : answer.error.message;
    if (message === (good ? undefined : DENIED)) return;
    const isUncalled = message?.includes("failed calling webhook") === true;
    // An API server that has just started may not have read its Services yet.
    if (isUncalled && !/service "[^"]*" not found/.test(message)) tally.unanswered++;
    else if (message !== undefined && !message.includes("denied the request")) {
      tally.unavailable++;
      return;
    } else tally.wrong++;
    if (tally.faults.length < 5) tally.faults.push(`API server: ${message ?? "created what must be denied"}`);
  }
}

function empty(): UserTally {
  return { requests: 0, wrong: 0, unanswered: 0, unavailable: 0, faults: [] };
}
