import { exportLine, LeftBehind, PublishCount } from "@portcullis/engine/cluster";
import type { ExportConnection, ExportTarget } from "@portcullis/engine/cluster";
import type { AuditListener, AuditRun } from "../audit-listener.ts";
import type { SweepError } from "../sweep-error.ts";
import { daprSink } from "./export-dapr.ts";
import type { DaprSidecar } from "./export-dapr.ts";
import { diskSink, removeRuns } from "./export-disk.ts";
import { violationRecord } from "./export-record.ts";
import { closedSink } from "./export-sink.ts";
import type { ExportSink } from "./export-sink.ts";

export interface ViolationExportOptions {
  readonly connection: ExportConnection;
  /** The name of that Connection (`--audit-connection`), for people. */
  readonly name: string;
  /** `--audit-channel`. */
  readonly channel: string;
  readonly sidecar: DaprSidecar;
  /** Ends all waiting for a sidecar. */
  readonly signal: AbortSignal;
  /** Hears of files that could not be taken away. */
  readonly onProblem: (message: string) => void;
}

/**
 * Exports the violations of each run to the Connection as it is when the run begins: a record that it starts, one for each
 * violation, one that it is completed (contract 5.5). What does not arrive is in the Connection's status and among the errors of
 * the run, and costs nothing else. A run that breaks is completed as well, as in Gatekeeper: nothing more comes of it.
 */
export function violationExport(options: ViolationExportOptions): AuditListener {
  const { connection, name, channel } = options;
  const left = new LeftBehind({
    remove: (target) => removeRuns(target, channel),
    onProblem: options.onProblem,
  });
  let run: ExportedRun | undefined;
  const finish = async (of: AuditRun): Promise<readonly SweepError[]> => {
    await run?.record([{ id: of.runId, message: "audit is completed" }], "end");
    const how = run?.count.take();
    if (how) connection.published(how);
    return run?.lost(name) ?? [];
  };
  return {
    async started(of) {
      const target = connection.target();
      await left.lookAfter(target);
      run = new ExportedRun(sinkOf(target, of, options));
      await run.record([{ id: of.runId, message: "audit is started" }], "begin");
    },
    async found(of, violations) {
      await run?.record(
        violations.map((violation) => violationRecord(of, violation)),
        "add",
      );
    },
    finished: finish,
    async broken(of) {
      await finish(of);
    },
  };

  function sinkOf(target: ExportTarget | undefined, { runId }: AuditRun, deps: typeof options): ExportSink {
    if (!target) return closedSink(`there is no usable Connection ${name}`);
    return target.driver === "disk" ? diskSink(target, channel, runId) : daprSink({ ...deps, target });
  }
}

/** One run, and what of it has arrived. */
class ExportedRun {
  readonly count = new PublishCount("audit");
  readonly #sink: ExportSink;
  #violations = 0;
  #lost = 0;
  #error = "";

  constructor(sink: ExportSink) {
    this.#sink = sink;
  }

  async record(records: readonly Parameters<typeof exportLine>[0][], as: keyof ExportSink): Promise<void> {
    const lines = records.map(exportLine);
    const [first = ""] = lines;
    const errors = as === "add" ? await this.#sink.add(lines) : await this.#sink[as](first);
    for (const error of errors) this.count.failed(error);
    if (errors.length < lines.length) this.count.succeeded();
    if (as === "add") this.#violations += lines.length;
    if (as === "add") this.#lost += errors.length;
    this.#error ||= errors[0] ?? "";
  }

  /** What is to be told of it where not everything arrived. */
  lost(name: string): readonly SweepError[] {
    if (this.#error === "") return [];
    const message = `${this.#lost} of ${this.#violations} violations were not exported to Connection ${name}: ${this.#error}`;
    return [{ message }];
  }
}
