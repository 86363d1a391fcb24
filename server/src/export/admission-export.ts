import { LeftBehind, PublishCount, channelFolder, removeFiles } from "@portcullis/engine/cluster";
import type { DiskTarget, ExportConnection, ExportRecord } from "@portcullis/engine/cluster";
import type { ViolationExporter } from "../admission/exported-violation.ts";
import type { Log } from "../observability/log.ts";
import type { DropReason, ExportMetrics } from "../observability/export-metrics.ts";
import { ExportQueue } from "./export-queue.ts";
import { RareLines } from "./rare-lines.ts";
import { SEGMENT_FILE, Segments } from "./segments.ts";

export interface AdmissionExportOptions {
  readonly connection: ExportConnection;
  /** The name of that Connection (`--audit-connection`), for people. */
  readonly name: string;
  /** `--audit-channel`. */
  readonly channel: string;
  readonly metrics: ExportMetrics;
  readonly log: Log;
  /** Milliseconds between two looks at what is to be told and at files that grow old; default 10 s. */
  readonly lookMs?: number;
}

const BATCH = 64;
const LOOK_MS = 10_000;
/** A status that says nothing new is written so often at most. */
const HEALTHY_MS = 60_000;
const DRAIN_MS = 5_000;

/**
 * Exports the violations of admission requests to files, behind the back of whoever asks: they wait in a queue, one publisher
 * takes them out, and what fails is counted, told and not tried again. No answer waits for any of it.
 */
export class AdmissionExport implements ViolationExporter {
  readonly #options: AdmissionExportOptions;
  readonly #queue = new ExportQueue();
  readonly #count = new PublishCount("webhook");
  readonly #rarely: RareLines;
  readonly #left: LeftBehind;
  readonly #look: NodeJS.Timeout;
  /** What is done to files, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #publishing: Promise<void> | undefined;
  #segments: Segments | undefined;
  #path = "";
  #toldAt = -Infinity;
  #toldTrouble = true;

  constructor(options: AdmissionExportOptions) {
    const { metrics, log, channel } = options;
    this.#options = options;
    this.#rarely = new RareLines(log);
    this.#left = new LeftBehind({
      remove: ({ path }) => removeFiles(path, channelFolder(path, channel), SEGMENT_FILE),
      onProblem: (message) => this.#rarely.error("exported violations stay", message),
    });
    metrics.observeQueue(() => this.#queue);
    this.#look = setInterval(() => void this.#lookAfter(), options.lookMs ?? LOOK_MS);
    this.#look.unref();
  }

  offer(record: () => ExportRecord): void {
    const { metrics } = this.#options;
    const dropped = this.#queue.offer(record);
    if (dropped === undefined) {
      metrics.queued();
      this.#start();
      return;
    }
    if (dropped === "queue_full" || dropped === "queue_bytes_full") metrics.queueFull();
    this.#drop(dropped, 1);
  }

  /** Publishes what waits, for five seconds at most, and leaves whole segments. */
  async stop(): Promise<void> {
    clearInterval(this.#look);
    this.#queue.close();
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, DRAIN_MS);
    await Promise.race([this.#drained(), late.promise]);
    const left = this.#queue.take(Infinity).length;
    if (left > 0) this.#drop("shutdown", left);
    const finished = this.#after(() => this.#segments?.finish()).catch((error: unknown) =>
      this.#failed(error, 0),
    );
    await Promise.race([finished, late.promise]);
    clearTimeout(timer);
    this.#tell(true);
  }

  /** Publishes unless somebody does, again where something came while that ended. */
  #start(): void {
    this.#publishing ??= this.#publish().finally(() => {
      this.#publishing = undefined;
      if (this.#queue.depth > 0) this.#start();
    });
  }

  async #drained(): Promise<void> {
    while (this.#publishing) await this.#publishing;
  }

  async #publish(): Promise<void> {
    // What arrives in the same moment goes together.
    await new Promise(setImmediate);
    while (this.#queue.depth > 0) {
      const lines = this.#queue.take(BATCH);
      let written = 0;
      const onWritten = (count: number): void => {
        written += count;
        this.#options.metrics.published(count);
        this.#count.succeeded();
      };
      try {
        await this.#after(async () => (await this.#target()).add(lines, onWritten));
      } catch (error) {
        this.#failed(error, lines.length - written);
      }
    }
  }

  /** Where records go now. Rejects where there is no such place. */
  async #target(): Promise<Segments> {
    const { connection, channel, name } = this.#options;
    const target = connection.target();
    if (!target) throw new Error(`there is no usable Connection ${name}`);
    if (target.driver !== "disk")
      throw new Error(
        "admission violation export is not supported by the Dapr driver; set the export backend to disk",
      );
    await this.#follow(target);
    return (this.#segments ??= new Segments(target.path, channel));
  }

  /** The Connection may point elsewhere by now, or be gone. */
  async #follow(target: DiskTarget | undefined): Promise<void> {
    if (this.#path !== (target?.path ?? "")) {
      await this.#segments?.abandon();
      this.#segments = undefined;
      this.#path = target?.path ?? "";
    }
    await this.#left.lookAfter(target);
  }

  async #lookAfter(): Promise<void> {
    try {
      await this.#after(async () => {
        const target = this.#options.connection.target();
        await this.#follow(target?.driver === "disk" ? target : undefined);
        if (target?.driver === "disk") await (await this.#target()).lookAfter();
      });
    } catch (error) {
      this.#failed(error, 0);
    }
    this.#tell(false);
  }

  #after(work: () => Promise<void> | undefined): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  #failed(error: unknown, records: number): void {
    const { message } = error as Error;
    if (records > 0) this.#options.metrics.publishErrors(records);
    this.#count.failed(`could not export violations: ${message}`);
    this.#rarely.error("could not export violations of admission requests", message);
  }

  #drop(reason: DropReason, records: number): void {
    this.#options.metrics.dropped(reason, records);
    this.#rarely.error("violations of admission requests are not exported", reason);
  }

  /** Trouble is told soon, as is its end; that all is well is told now and then. */
  #tell(now: boolean): void {
    const isTrouble = this.#count.errors.length > 0;
    const at = performance.now();
    if (!now && !isTrouble && !this.#toldTrouble && at - this.#toldAt < HEALTHY_MS) return;
    const how = this.#count.take();
    if (!how) return;
    this.#toldAt = at;
    this.#toldTrouble = isTrouble;
    this.#options.connection.published(how);
  }
}
