import nodeCrypto from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { createClient } from "@portcullis/engine";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { networkFor } from "@portcullis/interpreter/node";
import { Evaluator } from "./evaluator.ts";
import type { FromThread, NamespaceAnswer, ThreadSetup, ToThread } from "./messages.ts";

// A thread of the audit: judges the pages it is given, one after the other.

const port = parentPort;
const setup = workerData as ThreadSetup;

function tell(message: FromThread): void {
  port?.postMessage(message);
}

/** Namespaces as the sweep sees them, each asked for once. */
class AskedNamespaces {
  readonly #known = new Map<string, Promise<PlainObject | undefined>>();
  readonly #waiting = new Map<string, (answer: NamespaceAnswer) => void>();

  readonly find = (name: string): Promise<PlainObject | undefined> => {
    let found = this.#known.get(name);
    if (!found) {
      found = new Promise<NamespaceAnswer>((resolve) => this.#waiting.set(name, resolve)).then(objectOf);
      // Whoever asks hears of it; nobody may have asked yet.
      found.catch(() => undefined);
      this.#known.set(name, found);
      tell({ kind: "namespace?", name });
    }
    return found;
  };

  answered(name: string, answer: NamespaceAnswer): void {
    this.#waiting.get(name)?.(answer);
    this.#waiting.delete(name);
  }

  forget(): void {
    this.#known.clear();
  }
}

function objectOf({ text, error }: NamespaceAnswer): PlainObject | undefined {
  if (error !== undefined) throw new Error(error);
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value as PlainObject;
}

async function evaluatorOf({
  referentialRules,
  disabledBuiltins,
  allowNet,
  reviewTimeoutMs,
  stats = false,
}: ThreadSetup): Promise<Evaluator> {
  const client = createClient({
    referentialRules,
    disabledBuiltins,
    crypto: nodeCrypto,
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: Math.random,
    hostCall: await networkFor(allowNet),
    onPrint: (line) => tell({ kind: "print", line }),
    generateCode: true,
  });
  return new Evaluator({ client, reviewTimeoutMs, stats });
}

const starting = evaluatorOf(setup);
const namespaces = new AskedNamespaces();
let work: Promise<void> = Promise.resolve();

port?.on("message", (message: ToThread) => {
  // An answer that a page waits for must not wait behind the page.
  if (message.kind === "namespace") namespaces.answered(message.name, message.answer);
  else work = work.then(async () => handle(await starting, message));
});

async function handle(
  evaluator: Evaluator,
  message: Exclude<ToThread, { kind: "namespace" }>,
): Promise<void> {
  switch (message.kind) {
    case "policies":
      return tell({ kind: "problems", errors: evaluator.takePolicies(message.text) });
    case "data":
      return evaluator.takeData(message.put, message.removed);
    case "run":
      evaluator.begin();
      return namespaces.forget();
    case "page": {
      const { id } = message;
      const read = evaluator.read(message.page);
      tell({ kind: "read", id, page: read.page });
      tell({ kind: "judged", id, result: await read.judge(namespaces.find) });
    }
  }
}
