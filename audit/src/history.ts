import { detached } from "@portcullis/interpreter";
import type { AuditListener, AuditRun } from "./audit-listener.ts";
import { memoryReports } from "./report/memory-reports.ts";
import {
  constraintLine,
  errorLine,
  readHead,
  readViolation,
  reported,
  restated,
  runLine,
  summaryLine,
  violationLine,
} from "./report/report-lines.ts";
import type { ReportedViolation, ReportSummary } from "./report/report-lines.ts";
import type { ReportStore, ReportWriter } from "./report/report-store.ts";
import { mayBeLeftOut } from "./sweep-error.ts";
import type { SweepError } from "./sweep-error.ts";
import type { SweepReport } from "./sweep.ts";
import type { Violation } from "./violation.ts";

export interface HistoryOptions {
  /** Where the reports are kept; in memory by default. */
  readonly store?: ReportStore;
  /** The last report cannot be read, or a new one not be written. */
  readonly onProblem?: (message: string) => void;
}

/** What changed between two runs. */
export interface Changes {
  readonly appeared: ChangeList;
  readonly resolved: ChangeList;
}

export interface ChangeList {
  readonly count: number;
  /** The first ones. */
  readonly listed: readonly ReportedViolation[];
}

/** Changes that are listed; more are counted. */
const LISTED = 100;
const LINES_AT_ONCE = 500;

interface Known {
  readonly firstSeen: string;
  /** Runs, counted by this process. */
  readonly addedIn: number;
  seenIn: number;
}

/**
 * Writes the whole report of each run, and knows from run to run since when each violation is there and which ones are gone.
 * Of a violation only id and first run are in memory; the rest is read from the last report again. So a process that starts
 * with the report of an earlier one goes on where that ended.
 *
 * A violation that is not found in a run that could not judge everything is gone only if it would have been judged. A report
 * that cannot be read is told, and history begins anew; one that cannot be written is told, and the run counts as if it had not
 * been.
 */
export class History implements AuditListener {
  readonly #store: ReportStore;
  readonly #onProblem: (message: string) => void;
  #known: Map<string, Known> | undefined;
  #hasEarlier = false;
  #runs = 0;
  #writer: ReportWriter | undefined;
  #counts = { new: 0, known: 0 };
  #appeared: ReportedViolation[] = [];
  #changes: Changes | undefined;
  #summary: ReportSummary | undefined;

  constructor({ store = memoryReports(), onProblem = () => {} }: HistoryOptions = {}) {
    this.#store = store;
    this.#onProblem = onProblem;
  }

  /** The changes of the last run; undefined where there was none before it. */
  get changes(): Changes | undefined {
    return this.#changes;
  }

  /** The end of the last report; undefined before the first run of this process. */
  get summary(): ReportSummary | undefined {
    return this.#summary;
  }

  /** The lines of the last report; undefined where there is none. */
  lines(): Promise<AsyncIterable<string> | undefined> {
    return this.#store.last();
  }

  async started({ runId }: AuditRun): Promise<void> {
    this.#known ??= await this.#load();
    this.#runs++;
    this.#counts = { new: 0, known: 0 };
    this.#appeared = [];
    await this.#try(async () => {
      this.#writer = await this.#store.begin();
      await this.#writer.write([runLine(runId)]);
    });
  }

  async found(run: AuditRun, violations: readonly Violation[]): Promise<void> {
    const lines = violations.flatMap((violation) => this.#note(violation, run.runId));
    await this.#try(() => this.#writer?.write(lines));
  }

  async finished({ runId }: AuditRun, report: SweepReport): Promise<readonly SweepError[]> {
    const hadEarlier = this.#hasEarlier;
    const gone = { resolved: 0, unjudged: 0, listed: [] as ReportedViolation[] };
    await this.#try(async () => {
      const writer = this.#writer;
      if (!writer) return;
      await this.#writeGone(writer, report, gone);
      await writer.write(report.errors.map(errorLine));
      await writer.write(report.constraints.map(constraintLine));
      const { new: appeared, known } = this.#counts;
      const summary: ReportSummary = {
        runId,
        seconds: report.seconds,
        objects: report.objects,
        violations: appeared + known,
        new: appeared,
        resolved: gone.resolved,
        unjudged: gone.unjudged,
        errors: report.errorCount,
        incomplete: report.errorCount > 0,
      };
      await writer.write([summaryLine(summary)]);
      await writer.commit();
      this.#summary = summary;
      this.#hasEarlier = true;
      this.#forgetGone();
      this.#changes = hadEarlier
        ? {
            appeared: { count: appeared, listed: this.#appeared },
            resolved: { count: gone.resolved, listed: gone.listed },
          }
        : undefined;
    });
    const isWritten = this.#writer !== undefined;
    this.#writer = undefined;
    if (isWritten) return [];
    this.#forgetNew();
    return [{ message: "the report of this run could not be written" }];
  }

  async broken(): Promise<void> {
    await this.#giveUp();
  }

  /** The line of a violation; none for one that was met already. */
  #note(violation: Violation, runId: string): readonly string[] {
    const index = this.#known as Map<string, Known>;
    const earlier = index.get(violation.id);
    if (earlier?.seenIn === this.#runs) return [];
    const sightings = { firstSeen: earlier?.firstSeen ?? runId, lastSeen: runId };
    if (earlier) earlier.seenIn = this.#runs;
    // An id may be a part of a longer text, which must not stay with it.
    else index.set(detached(violation.id), { firstSeen: runId, addedIn: this.#runs, seenIn: this.#runs });
    const state = earlier ? "known" : "new";
    this.#counts[state]++;
    if (!earlier && this.#hasEarlier && this.#appeared.length < LISTED)
      this.#appeared.push(reported(violation, state, sightings));
    return [violationLine(violation, state, sightings)];
  }

  /** What the last report had and this run did not find. */
  async #writeGone(
    writer: ReportWriter,
    report: SweepReport,
    gone: { resolved: number; unjudged: number; listed: ReportedViolation[] },
  ): Promise<void> {
    const index = this.#known as Map<string, Known>;
    if (this.#counts.new + this.#counts.known === index.size) return;
    let waiting: string[] = [];
    for await (const text of (await this.#store.last()) ?? []) {
      const line = readHead(text);
      const known = line && index.get(line.id);
      if (!line || line.state === "resolved" || !known || known.seenIn === this.#runs) continue;
      const violation = readViolation(text);
      if (!violation) {
        this.#onProblem(`a line of the last report cannot be read: ${text.slice(0, 200)}`);
        continue;
      }
      const unjudged = mayBeLeftOut(violation, report);
      if (unjudged) {
        known.seenIn = this.#runs;
        gone.unjudged++;
      } else {
        gone.resolved++;
        if (gone.listed.length < LISTED) gone.listed.push({ ...violation, state: "resolved" });
      }
      waiting.push(restated(line, unjudged ? "unjudged" : "resolved"));
      if (waiting.length < LINES_AT_ONCE) continue;
      await writer.write(waiting);
      waiting = [];
    }
    await writer.write(waiting);
  }

  #forgetGone(): void {
    for (const [id, { seenIn }] of this.#known ?? []) if (seenIn !== this.#runs) this.#known?.delete(id);
  }

  #forgetNew(): void {
    for (const [id, { addedIn }] of this.#known ?? []) if (addedIn === this.#runs) this.#known?.delete(id);
  }

  async #load(): Promise<Map<string, Known>> {
    const index = new Map<string, Known>();
    try {
      const lines = await this.#store.last();
      if (!lines) return index;
      const runs = new Map<string, string>();
      let last = "";
      let count = 0;
      for await (const text of lines) {
        if (count++ === 0 && !text.startsWith('{"type":"run","format":1,'))
          throw new Error("it does not begin as a report does");
        last = text;
        const line = readHead(text);
        if (!line && text.startsWith('{"type":"violation"')) throw new Error(`line ${count} is damaged`);
        if (!line || line.state === "resolved") continue;
        // One text for all violations that came with a run.
        const firstSeen = runs.get(line.firstSeen) ?? line.firstSeen;
        runs.set(firstSeen, firstSeen);
        index.set(line.id, { firstSeen, addedIn: 0, seenIn: 0 });
      }
      if (!/^\{"type":"summary".*\}$/.test(last)) throw new Error("it has no end");
      this.#hasEarlier = true;
      return index;
    } catch (error) {
      this.#onProblem(
        `the last audit report cannot be used, history begins anew: ${error instanceof Error ? error.message : String(error)}`,
      );
      return new Map();
    }
  }

  async #try(work: () => Promise<void> | undefined): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#onProblem(
        `the audit report cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      );
      await this.#giveUp();
    }
  }

  async #giveUp(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    this.#forgetNew();
    await writer?.discard().catch(() => {});
  }
}
