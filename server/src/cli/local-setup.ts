import { createClient } from "@portcullis/engine";
import { formatProblem } from "@portcullis/engine/files";
import type { FileProblem } from "@portcullis/engine/files";
import { judgedHere } from "@portcullis/audit";
import type { SweepDeps } from "@portcullis/audit";
import { networkFor } from "@portcullis/interpreter/node";
import nodeCrypto from "node:crypto";
import { stat } from "node:fs/promises";
import { createMetrics } from "../observability/metrics.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import { FolderPolicies } from "../local/folder-policies.ts";
import { folderSource } from "../local/folder-source.ts";
import type { ServeOptions } from "./serve-options.ts";

/** What a review may take at most: far more than any policy needs, and less than people wait for. */
export const REVIEW_TIMEOUT_MS = 10_000;

/** The engine and the policies of a folder, before anything is read. */
export interface LocalSetup {
  readonly policies: FolderPolicies;
  readonly metrics: ServerMetrics;
  /** What a sweep of the folder as it is now needs. */
  readonly sweepDeps: () => SweepDeps;
}

export async function localSetup(
  options: ServeOptions,
  onPrint: (line: string) => void,
): Promise<LocalSetup> {
  const hostCall = await networkFor(options.allowNet);
  const metrics = createMetrics({ processMetrics: true });
  const client = createClient({
    generateCode: true,
    referentialRules: options.enableReferentialRules,
    disabledBuiltins: options.disableOpaBuiltin,
    crypto: nodeCrypto,
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: Math.random,
    hostCall,
    onPrint,
  });
  const policies = new FolderPolicies({ client, metrics });
  const sweepDeps = (): SweepDeps => {
    const manifests = options.auditFromCache ? policies.syncedObjects() : policies.objects();
    return {
      ...judgedHere({
        client,
        expansion: policies.expansion,
        source: folderSource(manifests, (name) => Promise.resolve(policies.namespace(name))),
        excluder: policies.excluder(),
        reviewTimeoutMs: REVIEW_TIMEOUT_MS,
      }),
      violationsLimit: options.constraintViolationsLimit,
    };
  };
  return { policies, metrics, sweepDeps };
}

/** Throws when there is nothing at the path: most likely a slip in the command line. */
export async function requireFolder(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such folder" : String(error);
    throw new Error(`cannot read --local ${path}: ${reason}`, { cause: error });
  }
}

/** Tells each problem once, and when all are mended. */
export class ProblemReporter {
  readonly #write: (text: string) => void;
  #told = new Set<string>();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  report(problems: readonly FileProblem[]): void {
    const now = new Set(problems.map(formatProblem));
    for (const text of now) if (!this.#told.has(text)) this.#write(`${text}\n`);
    if (now.size === 0 && this.#told.size > 0) this.#write("all problems of the folder are mended\n");
    this.#told = now;
  }
}

/** A problem as `--format json` shows it. */
export function problemJson({ file, line, column, message, hint }: FileProblem): Record<string, unknown> {
  return { file, line, column, message, ...(hint === undefined ? {} : { hint }) };
}
