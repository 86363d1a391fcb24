import {
  auditEvents,
  auditLog,
  constraintStatuses,
  daprSidecar,
  fileReports,
  History,
  memoryReports,
  reportFileProblem,
  violationExport,
} from "@portcullis/audit";
import type { AuditListener, AuditMetrics, AuditRun, ReportSummary, SweepProgress } from "@portcullis/audit";
import { createEventRecorder } from "@portcullis/engine/cluster";
import type { ExportConnection, KubeApi } from "@portcullis/engine/cluster";
import { randomUUID } from "node:crypto";
import { parseAddress } from "../address.ts";
import { buildAuditResultsApp } from "../app.ts";
import { closeApp, listen } from "../listening.ts";
import type { Log } from "../observability/log.ts";
import { tokenProblem } from "../routes/audit-results.ts";
import type { AuditResults } from "../routes/audit-results.ts";
import type { ManagerFlags } from "./manager-flags.ts";

export interface AuditOutputsOptions {
  readonly flags: ManagerFlags;
  readonly api: KubeApi;
  /** Makes the metrics, with what tells the summary of the last report. */
  readonly metrics: (summary: () => ReportSummary | undefined) => AuditMetrics;
  readonly log: Log;
  /** Gatekeeper's namespace: where Events are made. */
  readonly ownNamespace: string;
  /** Where violations are exported to (`--enable-violation-export`). */
  readonly exports: ExportConnection;
}

/** Everybody who hears of the audit runs of a manager. */
export interface AuditOutputs {
  readonly listeners: readonly AuditListener[];
  /** Serves the results at `--audit-api-addr`, where there is one. */
  serve(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Where the results of an audit go: statuses of constraints, report and history, Events, exports, log, metrics, the endpoint. Their
 * order matters: what one of them cannot tell is in what the next ones tell.
 */
export function auditOutputs(options: AuditOutputsOptions): AuditOutputs {
  const { flags, api, metrics, log, ownNamespace } = options;
  const ended = new AbortController();
  const file = flags["audit-report"];
  const tell = (error: string): void => log.error(error, { process: "audit" });
  const history = new History({
    store: file === "" ? memoryReports() : fileReports(file, flags["audit-report-keep"]),
    onProblem: tell,
  });
  const counted = metrics(() => history.summary);
  const statuses = constraintStatuses({
    api,
    signal: ended.signal,
    onOutcome: (outcome) => counted.countStatus(outcome),
    onRemark: tell,
  });
  const events = flags["emit-audit-events"]
    ? violationEvents({ api, history, flags, ownNamespace, log, onLost: (n) => counted.countLostEvents(n) })
    : undefined;
  const exported = flags["enable-violation-export"]
    ? violationExport({
        connection: options.exports,
        name: flags["audit-connection"],
        channel: flags["audit-channel"],
        sidecar: daprSidecar(process.env),
        signal: ended.signal,
        onProblem: tell,
      })
    : undefined;
  const live = new LiveRun();
  const logged = { fromCache: flags["audit-from-cache"], stats: flags["log-stats-audit"] };
  const stops = events ? [events.stop] : [];
  return {
    listeners: [
      statuses,
      history,
      ...(events ? [events.listener] : []),
      ...(exported ? [exported] : []),
      auditLog(log, logged),
      counted,
      live,
    ],
    async serve() {
      await checkAuditFiles(flags);
      const address = flags["audit-api-addr"];
      if (address === "") return;
      const tokenFile = flags["audit-api-token-file"];
      const results: AuditResults = {
        running: () => live.now(),
        last: () => history.summary && { ...history.summary },
        lines: () => history.lines(),
      };
      const app = buildAuditResultsApp({ results, tokenFile });
      stops.push(() => closeApp(app));
      log.info("serving the results of the audit", { url: await listen(app, parseAddress(address), "http") });
    },
    async stop() {
      ended.abort();
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

/** Throws where the file of the report cannot be one, or results are to be served and their token cannot be used. */
export async function checkAuditFiles(flags: ManagerFlags): Promise<void> {
  const reportProblem = await reportFileProblem(flags["audit-report"]);
  if (flags["audit-report"] !== "" && reportProblem !== undefined)
    throw new Error(`cannot use -audit-report: ${reportProblem}`);
  if (flags["audit-api-addr"] === "") return;
  const tokenFile = flags["audit-api-token-file"];
  const problem = await tokenProblem(tokenFile);
  if (problem !== undefined) throw new Error(`cannot use -audit-api-token-file ${tokenFile}: ${problem}`);
}

interface ViolationEventsOptions extends Pick<AuditOutputsOptions, "api" | "flags" | "log" | "ownNamespace"> {
  readonly history: History;
  readonly onLost: (count: number) => void;
}

function violationEvents(options: ViolationEventsOptions): {
  readonly listener: AuditListener;
  readonly stop: () => Promise<void>;
} {
  const { api, history, flags, ownNamespace, log, onLost } = options;
  const onLoss = (error: string, dropped: number): void => {
    onLost(dropped);
    log.error("could not write Events", { process: "audit", error, dropped });
  };
  // A line of its own: those of an audit must not push out those of admission requests.
  const recorder = createEventRecorder({
    api,
    now: () => new Date(),
    newId: () => randomUUID().replaceAll("-", "").slice(0, 16),
    onLoss,
  });
  const listener = auditEvents({
    recorder,
    history,
    ownNamespace,
    involvedNamespace: flags["audit-events-involved-namespace"],
    onLoss,
  });
  return {
    listener,
    async stop() {
      const done = listener.stop();
      await recorder.stop();
      await done;
    },
  };
}

/** How far the present run is. */
class LiveRun implements AuditListener {
  #run: AuditRun | undefined;
  #progress: SweepProgress | undefined;

  now(): Readonly<Record<string, unknown>> | undefined {
    return this.#run && { runId: this.#run.runId, ...this.#progress };
  }

  started(run: AuditRun): void {
    this.#run = run;
    this.#progress = undefined;
  }

  progress(_: AuditRun, progress: SweepProgress): void {
    this.#progress = progress;
  }

  finished(): void {
    this.#run = undefined;
  }

  broken(): void {
    this.#run = undefined;
  }
}
