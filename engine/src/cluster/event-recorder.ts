import type { PlainObject } from "@portcullis/interpreter";
import { EVENTS } from "./controllers/own-kinds.ts";
import type { KubeApi } from "./api.ts";
import { isNotFound } from "./kube-error.ts";
import type { KubeResult } from "./kube-error.ts";

/** What an Event (`v1`) says. Events are notes for people: they may be lost, and none of them may hold anything up. */
export interface EventNote {
  /** Who tells it, say `gatekeeper-webhook`. */
  readonly component: string;
  readonly type: "Normal" | "Warning";
  /** One word, for machines. */
  readonly reason: string;
  readonly message: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Its namespace is the one that the Event is made in. */
  readonly involved: InvolvedObject;
}

export interface InvolvedObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface EventRecorder {
  /** Puts the Event in line and returns. */
  record(note: EventNote): void;
  /** Settles once another Event finds room in line, or the recorder has stopped: for whoever must not lose any. */
  room(): Promise<void>;
  /** Nothing new is written; settles when what is under way has ended. */
  stop(): Promise<void>;
}

export interface EventRecorderOptions {
  readonly api: KubeApi;
  readonly now: () => Date;
  /** A text that no other Event of this process gets. */
  readonly newId: () => string;
  /** Receives what could not be written, and how many Events were dropped since the last call. */
  readonly onLoss: (message: string, dropped: number) => void;
}

/** More Events than these are dropped: a flood of violations must neither fill the memory nor keep the API server busy. */
const WAITING_AT_MOST = 1000;
/** The same Event again is counted in the one that is there, as client-go does it, for as many as these. */
const REMEMBERED = 4096;
const SENT_AT_ONCE = 4;

/** Writes Events to the API server, a few at a time; what happens again is counted in the Event that tells of it. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options);
}

interface Written {
  readonly namespace: string;
  readonly name: string;
  readonly first: string;
  count: number;
}

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #waiting: EventNote[] = [];
  readonly #written = new Map<string, Written>();
  readonly #ended = new AbortController();
  readonly #working = new Set<Promise<void>>();
  readonly #writing = new Map<string, Promise<KubeResult<unknown>>>();
  readonly #askers: (() => void)[] = [];
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(note: EventNote): void {
    if (this.#ended.signal.aborted) return;
    if (this.#waiting.length >= WAITING_AT_MOST) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(note);
    if (this.#working.size >= SENT_AT_ONCE) return;
    const work = this.#work().finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async room(): Promise<void> {
    if (this.#ended.signal.aborted || this.#waiting.length < WAITING_AT_MOST) return;
    await new Promise<void>((resolve) => this.#askers.push(resolve));
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#waiting.length = 0;
    for (const asker of this.#askers.splice(0)) asker();
    await Promise.all(this.#working);
  }

  async #work(): Promise<void> {
    for (let note = this.#waiting.shift(); note; note = this.#waiting.shift()) {
      this.#askers.shift()?.();
      const outcome = await this.#write(note);
      const lost = this.#dropped;
      this.#dropped = 0;
      if (this.#ended.signal.aborted) return;
      if (!outcome.ok) this.#options.onLoss(outcome.error.message, lost + 1);
      else if (lost > 0) this.#options.onLoss("more Events than can be written", lost);
    }
  }

  /** The same Event twice at once must not become two. */
  async #write(note: EventNote): Promise<KubeResult<unknown>> {
    const key = JSON.stringify([note.component, note.type, note.reason, note.message, note.involved]);
    const before = this.#writing.get(key);
    const mine = (async () => {
      await before;
      return this.#writeOne(key, note);
    })();
    this.#writing.set(key, mine);
    const outcome = await mine;
    if (this.#writing.get(key) === mine) this.#writing.delete(key);
    return outcome;
  }

  async #writeOne(key: string, note: EventNote): Promise<KubeResult<unknown>> {
    const known = this.#written.get(key);
    if (known) {
      const again = await this.#count(known);
      // Events are deleted after an hour.
      if (again.ok || !isNotFound(again.error)) return again;
    }
    return this.#create(key, note);
  }

  #count(known: Written): Promise<KubeResult<unknown>> {
    const { api, now } = this.#options;
    known.count++;
    const patch = { count: known.count, lastTimestamp: timestamp(now()) };
    return api.mergePatch(EVENTS, known, patch, { signal: this.#ended.signal });
  }

  async #create(key: string, note: EventNote): Promise<KubeResult<unknown>> {
    const { api, now, newId } = this.#options;
    const { namespace, name: about } = note.involved;
    const first = timestamp(now());
    const name = `${eventName(about)}.${newId()}`;
    const created = await api.create(EVENTS, eventObject(note, name, first), { signal: this.#ended.signal });
    if (!created.ok) return created;
    this.#written.delete(key);
    this.#written.set(key, { namespace, name, first, count: 1 });
    const oldest = this.#written.size > REMEMBERED ? this.#written.keys().next() : undefined;
    if (oldest && !oldest.done) this.#written.delete(oldest.value);
    return created;
  }
}

function eventObject(note: EventNote, name: string, first: string): PlainObject {
  const { component, type, reason, message, annotations, involved } = note;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: involved.namespace, annotations: { ...annotations } },
    involvedObject: { ...involved },
    type,
    reason,
    // What events.k8s.io takes; longer ones would only fill etcd.
    message: [...message].slice(0, LONGEST_MESSAGE).join(""),
    source: { component },
    reportingComponent: component,
    firstTimestamp: first,
    lastTimestamp: first,
    count: 1,
  };
}

const LONGEST_MESSAGE = 1024;

/** The API server's time in whole seconds. */
function timestamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, "Z");
}

/** An object without a name yet, or with one that is none in this group, still has Events. */
function eventName(about: string): string {
  const name = about
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "")
    .replaceAll(/\.{2,}|[.-]*\.[.-]*/g, ".");
  return name === "" ? "unnamed" : name.slice(0, 200).replace(/[.-]+$/, "");
}
