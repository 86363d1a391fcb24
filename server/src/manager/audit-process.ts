import { auditMetrics } from "@portcullis/audit";
import type { ExportConnection } from "@portcullis/engine/cluster";
import type { Registry } from "prom-client";
import type { Log } from "../observability/log.ts";
import { Keeper } from "../processes/keeper.ts";
import { KeptProcess } from "../processes/kept-process.ts";
import type { ExposedMetrics } from "../processes/merged-metrics.ts";
import { runAgain } from "../processes/run-again.ts";
import type { AuditNews } from "./audit-news.ts";
import { HeardMetrics } from "./audit-news.ts";
import { checkAuditFiles } from "./audit-outputs.ts";
import { hearExports } from "./export-news.ts";
import type { ManagerFlags } from "./manager-flags.ts";

export interface AuditProcessOptions {
  readonly flags: ManagerFlags;
  /** Where the metrics of the audit are. */
  readonly registry: Registry;
  /** Gets what the process takes. */
  readonly exposed: ExposedMetrics;
  readonly log: Log;
  /** Told how violations are exported. */
  readonly exports: ExportConnection;
}

/** No page, no list of statuses and no inventory keeps its main thread for so long, however little CPU time it gets. */
const HANG_MS = 5 * 60_000;

/**
 * The audit of a manager that serves admission, in a process of its own: nothing that it does, and nothing that becomes of it,
 * keeps a request waiting. It is replaced when it ends or hangs; the run that ended with it counts as broken. Answers the
 * function that ends it. Rejects where the results cannot be served.
 */
export async function startAuditProcess(options: AuditProcessOptions): Promise<() => Promise<void>> {
  const { flags, registry, exposed, log, exports } = options;
  await checkAuditFiles(flags);
  const metrics = new HeardMetrics((summary) => auditMetrics({ registry, summary }));
  const keeper = new Keeper({
    count: 1,
    start: () => new KeptProcess(runAgain("audit-process")),
    name: "the process of the audit",
    fields: () => ({ process: "audit" }),
    log,
    hangMs: HANG_MS,
    onMessage(_, message) {
      metrics.hear(message as AuditNews);
      hearExports(message as object, "", exports);
    },
    onEnd: () => metrics.ended(),
  });
  exposed.add(() => keeper.metrics());
  return () => keeper.stop();
}
