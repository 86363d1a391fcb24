import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { inventoryChanges } from "@portcullis/engine";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { SweepError } from "../sweep-error.ts";
import type { JudgedObjects, PageRead, PageText } from "./evaluator.ts";
import type { FromThread, NamespaceAnswer, ThreadSetup, ToThread } from "./messages.ts";
import type { PolicySet } from "./policy-set.ts";
import { letHeapGrow } from "./roomy-heap.ts";

export interface EvaluatorPoolOptions extends ThreadSetup {
  /** 0 or less: one for each core but that of the thread that lists and counts; at least one, no more than eight. */
  readonly threads: number;
  readonly onPrint?: (line: string) => void;
}

/** What a sweep judges by. */
export interface JudgedBy {
  readonly policies: PolicySet;
  /** `Client.inventory()`; undefined where no template reads it. */
  readonly inventory: PlainObject | undefined;
  readonly namespace: (name: string) => Promise<PlainObject | undefined>;
}

/** A page that a thread has read. */
export interface ReadPage {
  readonly page: PageRead;
  /** Never rejects; a text says why nothing of the page was judged. */
  readonly judged: Promise<JudgedObjects | string>;
}

/** Each thread has a heap with all policies. */
const MOST_THREADS = 8;

/** For what lives no longer than a page: with V8's own choice a thread takes a hundred MiB more. */
const YOUNG_MIB = 32;

/**
 * V8 cleans up in time where it has a limit: for a page and the code, for compiled policies by the length of their text (they
 * take a third of it), and for the objects of the inventory. A thread that grows beyond is replaced by one with a limit for what
 * there is then.
 */
function oldMiB(by: JudgedBy | undefined): number {
  const policies = by?.policies.text.length ?? 0;
  const objects = by?.inventory ? inventoryChanges({}, by.inventory).put.length : 0;
  return Math.ceil(96 + policies * 0.0003 + objects * 0.006);
}

/** Objects a message; a text must not grow beyond what a string can hold. */
const DATA_BATCH = 500;

/**
 * Threads that judge pages. They start with the first sweep and stay; one that dies (out of memory, say) costs the pages it
 * had and is replaced.
 */
export class EvaluatorPool {
  readonly #options: EvaluatorPoolOptions;
  readonly #threads: (Thread | undefined)[];
  #by: JudgedBy | undefined;
  #ids = 0;

  constructor(options: EvaluatorPoolOptions) {
    letHeapGrow();
    this.#options = options;
    const spare = Math.max(1, Math.min(availableParallelism() - 1, MOST_THREADS));
    const count = options.threads > 0 ? options.threads : spare;
    this.#threads = Array.from({ length: count }, () => undefined);
  }

  /** How many pages are worth being in flight. */
  get size(): number {
    return this.#threads.length;
  }

  /** Brings all threads to what this sweep judges by; answers what of the policies is not in force there. */
  async begin(by: JudgedBy): Promise<readonly SweepError[]> {
    this.#by = by;
    const problems = await Promise.all(this.#threads.map((_, index) => this.#thread(index).begin(by)));
    return problems[0] ?? [];
  }

  /** Gives a page to the thread with the least work; settles when it has been read. Never rejects. */
  submit(page: PageText): Promise<ReadPage> {
    const threads = this.#threads.map((_, index) => this.#thread(index));
    const least = threads.reduce((best, each) => (each.load < best.load ? each : best));
    return least.submit(++this.#ids, page);
  }

  async close(): Promise<void> {
    const threads = this.#threads.splice(0).filter((thread) => thread !== undefined);
    await Promise.all(threads.map((thread) => thread.close()));
  }

  #thread(index: number): Thread {
    const found = this.#threads[index];
    if (found && !found.isDead) return found;
    const made = new Thread(this.#options, this.#by);
    this.#threads[index] = made;
    if (this.#by) void made.begin(this.#by);
    return made;
  }
}

interface Job {
  read(page: PageRead): void;
  judged(result: JudgedObjects | string): void;
}

class Thread {
  readonly #worker: Worker;
  readonly #onPrint: ((line: string) => void) | undefined;
  readonly #jobs = new Map<number, Job>();
  #policies = "";
  #inventory: PlainObject = {};
  #namespace: JudgedBy["namespace"] | undefined;
  #loaded: Promise<readonly SweepError[]> = Promise.resolve([]);
  #loading: ((errors: readonly SweepError[]) => void) | undefined;
  #death: string | undefined;

  constructor(options: EvaluatorPoolOptions, by: JudgedBy | undefined) {
    const { threads: _threads, onPrint, ...setup } = options;
    this.#onPrint = onPrint;
    const file = threadFile();
    // Sources find each other under a condition that the process may not have been started with.
    const execArgv = file.href.endsWith(".ts") ? { execArgv: ["--conditions=@portcullis/source"] } : {};
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB, maxOldGenerationSizeMb: oldMiB(by) };
    this.#worker = new Worker(file, { workerData: setup, resourceLimits, ...execArgv });
    this.#worker.on("message", (message: FromThread) => this.#heard(message));
    this.#worker.on("error", (error) => this.#died(error.message));
    this.#worker.on("exit", (code) => this.#died(`it ended with code ${code}`));
    // A process that has nothing else to do may end.
    this.#worker.unref();
  }

  get isDead(): boolean {
    return this.#death !== undefined;
  }

  get load(): number {
    return this.#jobs.size;
  }

  begin({ policies, inventory, namespace }: JudgedBy): Promise<readonly SweepError[]> {
    this.#namespace = namespace;
    this.#tell({ kind: "run" });
    if (inventory) this.#sendData(inventory);
    if (policies.revision !== this.#policies) {
      this.#policies = policies.revision;
      this.#loaded = new Promise((resolve) => (this.#loading = resolve));
      this.#tell({ kind: "policies", text: policies.text });
    }
    return this.#loaded;
  }

  submit(id: number, page: PageText): Promise<ReadPage> {
    return new Promise((resolve) => {
      let settle: (result: JudgedObjects | string) => void = () => {};
      const judged = new Promise<JudgedObjects | string>((done) => (settle = done));
      this.#jobs.set(id, {
        read: (read) => resolve({ page: read, judged }),
        judged: (result) => settle(result),
      });
      if (this.#death !== undefined) return this.#died(this.#death);
      const buffers = new Set(page.texts.map(({ buffer }) => buffer as ArrayBuffer));
      this.#worker.postMessage({ kind: "page", id, page } satisfies ToThread, [...buffers]);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #sendData(inventory: PlainObject): void {
    const { put, removed } = inventoryChanges(this.#inventory, inventory);
    this.#inventory = inventory;
    // What is gone goes first: the same name may have come back below another group version.
    for (let at = 0; at < removed.length; at += DATA_BATCH) {
      this.#tell({ kind: "data", put: "[]", removed: listText(removed.slice(at, at + DATA_BATCH)) });
    }
    for (let at = 0; at < put.length; at += DATA_BATCH) {
      this.#tell({ kind: "data", put: listText(put.slice(at, at + DATA_BATCH)), removed: "[]" });
    }
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message, []);
  }

  #heard(message: FromThread): void {
    switch (message.kind) {
      case "problems":
        this.#loading?.(message.errors);
        return;
      case "read":
        return this.#jobs.get(message.id)?.read(message.page);
      case "judged":
        this.#jobs.get(message.id)?.judged(message.result);
        this.#jobs.delete(message.id);
        return;
      case "namespace?":
        return void this.#answer(message.name);
      case "print":
        return this.#onPrint?.(message.line);
    }
  }

  async #answer(name: string): Promise<void> {
    let answer: NamespaceAnswer;
    try {
      const found = await this.#namespace?.(name);
      answer = found ? { text: writeJson(found, { escapeHtml: false }) } : {};
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    this.#tell({ kind: "namespace", name, answer });
  }

  #died(why: string): void {
    this.#death ??= `a thread of the audit has died: ${why}`;
    this.#loading?.([{ message: this.#death, scope: {} }]);
    for (const job of this.#jobs.values()) {
      // One that nobody has read is asked for again: what is behind it is not known either.
      job.read({ objects: 0, malformed: this.#death });
      job.judged(this.#death);
    }
    this.#jobs.clear();
  }
}

function listText(objects: readonly PlainObject[]): string {
  return writeJson(objects, { escapeHtml: false });
}

/** Beside this file as it was written, built or bundled. */
function threadFile(): URL {
  const candidates = ["ts", "js", "cjs"].map(
    (ending) => new URL(`./evaluator-thread.${ending}`, import.meta.url),
  );
  const found = candidates.find((url) => existsSync(fileURLToPath(url)));
  if (!found) throw new Error(`no file of the audit's threads beside ${import.meta.url}`);
  return found;
}
