import { exportLine } from "@portcullis/engine/cluster";
import type { ExportRecord } from "@portcullis/engine/cluster";
import type { DropReason } from "../observability/export-metrics.ts";

export interface QueueLimits {
  readonly records: number;
  readonly bytes: number;
  readonly recordBytes: number;
}

/** Gatekeeper's. */
export const QUEUE_LIMITS: QueueLimits = { records: 1024, bytes: 16 * 1024 ** 2, recordBytes: 64 * 1024 };

/** Records that wait to be published, in bounded memory. What has no room is dropped. */
export class ExportQueue {
  readonly #limits: QueueLimits;
  readonly #lines: { readonly line: string; readonly bytes: number }[] = [];
  #bytes = 0;
  #closed = false;

  constructor(limits: QueueLimits = QUEUE_LIMITS) {
    this.#limits = limits;
  }

  get depth(): number {
    return this.#lines.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Answers why the record was dropped; nothing where it waits now. It is made only where it may have room. */
  offer(record: () => ExportRecord): DropReason | undefined {
    if (this.#closed) return "shutdown";
    if (this.#lines.length >= this.#limits.records) return "queue_full";
    let line: string;
    try {
      const made = record();
      // No shorter as JSON: a message of megabytes is not even written down.
      if (made.message.length > this.#limits.recordBytes) return "message_too_large";
      line = exportLine(made);
    } catch {
      return "marshal_error";
    }
    const bytes = Buffer.byteLength(line);
    if (bytes > this.#limits.recordBytes) return "message_too_large";
    if (this.#bytes + bytes > this.#limits.bytes) return "queue_bytes_full";
    this.#lines.push({ line, bytes });
    this.#bytes += bytes;
    return undefined;
  }

  /** Takes the first ones out. */
  take(most: number): readonly string[] {
    const taken = this.#lines.splice(0, most);
    for (const { bytes } of taken) this.#bytes -= bytes;
    return taken.map(({ line }) => line);
  }

  /** From now on nothing is taken in. */
  close(): void {
    this.#closed = true;
  }
}
