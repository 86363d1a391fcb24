import { objectMeta, processExcluder, textAt } from "@portcullis/engine";
import type { Client, ProcessExcluder, TemplateStats } from "@portcullis/engine";
import { readObject, unreadPage } from "@portcullis/engine/cluster";
import type { Resource } from "@portcullis/engine/cluster";
import { detached, parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { inBatches } from "../in-batches.ts";
import { judgeObject } from "../judge.ts";
import { packViolations } from "../packed-violations.ts";
import type { PackedConstraint, PackedConstraints } from "../packed-violations.ts";
import { StatsSum } from "../stats-sum.ts";
import type { SweepError } from "../sweep-error.ts";
import { DearTemplates, givenUpOn } from "./dear-templates.ts";
import { loadPolicySet } from "./policy-set.ts";
import type { LoadedPolicies } from "./policy-set.ts";

/** Objects to judge, as the API server sent them: a list of one kind, or objects one by one. */
export interface PageText {
  readonly resource: Resource;
  readonly form: "list" | "objects";
  readonly texts: readonly Uint8Array[];
  /** A thread has died of these: each constraint gets little memory, and what wants more has no verdict. */
  readonly isCareful?: boolean;
}

/** What a page says of itself, known before it is judged. */
export interface PageRead {
  readonly objects: number;
  /** Present when there are more pages. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
  /** The page is no list: nothing of it is judged. */
  readonly malformed?: string;
}

/** The verdict on one object, with what it holds for. */
export interface Verdict {
  /** Packed. */
  readonly violations: string;
  /** Why it could not be judged, or not by all constraints. */
  readonly errors: readonly SweepError[];
  /** There is no such Namespace: the object may have gone with it. */
  readonly isHomeless?: true;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** Of the Namespace it was judged with; empty for none. */
  readonly namespaceVersion: string;
}

export interface JudgedObjects {
  /** Without those that the Config excludes. */
  readonly verdicts: readonly Verdict[];
  /** Of all violations. */
  readonly constraints: PackedConstraints;
  /** Why an object could not be read, of each that could not. */
  readonly unread: readonly string[];
  /** Templates that are left out from here on. */
  readonly givenUp: readonly SweepError[];
  /** Not all templates were asked: what comes of it holds for this sweep alone. */
  readonly isPartial: boolean;
  /** Milliseconds of CPU that the judging took, reading left out. */
  readonly milliseconds: number;
  /** Where they are wanted. */
  readonly stats?: readonly TemplateStats[];
}

/** Objects that have been read. */
export interface ReadObjects {
  readonly page: PageRead;
  readonly judge: (namespace: FindNamespace) => Promise<JudgedObjects>;
}

/** Undefined: there is none. Rejects when nobody can tell. */
export type FindNamespace = (name: string) => Promise<PlainObject | undefined>;

export interface EvaluatorOptions {
  readonly client: Client;
  readonly reviewTimeoutMs: number;
  /** Tell what templates took. */
  readonly stats?: boolean;
}

/** Judges pages by a copy of the policies and of the inventory: what runs in each thread. */
export class Evaluator {
  readonly #options: EvaluatorOptions;
  #loaded: LoadedPolicies | undefined;
  /** Policies as they came. */
  #text = "";
  #dear = new DearTemplates();
  #isCareful = false;
  #excluder: ProcessExcluder = processExcluder();

  constructor(options: EvaluatorOptions) {
    this.#options = options;
  }

  /** Takes over a policy set; answers what of it could not be loaded here. */
  takePolicies(text: string): readonly SweepError[] {
    this.#text = text;
    this.#dear = new DearTemplates();
    this.#loaded = loadPolicySet(this.#options.client, { text });
    this.#excluder = processExcluder(this.#loaded.config);
    return this.#loaded.problems.map(({ kind, name, message }) => ({
      message: `${kind} ${name} is not in force: ${message}`,
      scope: kind === "ConstraintTemplate" ? {} : { constraintKind: kind, constraint: name },
    }));
  }

  /** A sweep begins: templates that were given up get another chance. */
  begin(): void {
    if (this.#dear.givenUp.size > 0) this.takePolicies(this.#text);
    this.#dear = new DearTemplates();
  }

  /** Takes over what changed in the inventory. */
  takeData(put: string, removed: string): void {
    const { client } = this.#options;
    for (const object of objectsOf(put)) client.addData(object);
    for (const object of objectsOf(removed)) client.removeData(object);
  }

  /** Looks through a page; `judge` reads its objects, some at a time, and judges them: once. */
  read({ resource, form, texts, isCareful = false }: PageText): ReadObjects {
    this.#isCareful = isCareful;
    if (form === "objects") return this.#unread(texts.map(readObject), { objects: texts.length });
    const page = unreadPage(texts[0] ?? new Uint8Array(), resource);
    if (typeof page === "string") return this.#unread([], { objects: 0, malformed: page });
    const { length, objects: _, ...place } = page;
    return this.#unread(page.objects(), { objects: length, ...place });
  }

  #unread(objects: Iterable<PlainObject | string>, page: PageRead): ReadObjects {
    return { page, judge: (namespace) => this.#judge(objects, namespace) };
  }

  async #judge(objects: Iterable<PlainObject | string>, namespace: FindNamespace): Promise<JudgedObjects> {
    const { client, reviewTimeoutMs, stats } = this.#options;
    const { expansion } = this.#loaded as LoadedPolicies;
    const sum = stats ? new StatsSum() : undefined;
    const deps = {
      client,
      expansion,
      excluder: this.#excluder,
      reviewTimeoutMs,
      memory: this.#isCareful ? LITTLE_MEMORY : undefined,
      namespace,
      ...(sum && { onStats: (each: readonly TemplateStats[]) => sum.add(each) }),
    };
    const verdicts: Verdict[] = [];
    const constraints = new Map<string, PackedConstraint>();
    const unread: string[] = [];
    const givenUp: SweepError[] = [];
    let milliseconds = 0;
    for (const few of inBatches(objects, AT_A_TIME)) {
      const started = cpuMilliseconds();
      for (const object of few) {
        if (typeof object === "string") {
          unread.push(object);
          continue;
        }
        const verdict = await judgeObject({ object }, deps);
        if (!verdict) continue;
        for (const kind of this.#dear.met(verdict.tooDear)) {
          client.removeTemplate(kind);
          givenUp.push(givenUpOn(kind));
        }
        const { namespace: inside, name } = objectMeta(object);
        const found = inside === "" ? undefined : await namespace(inside).catch(() => undefined);
        verdicts.push({
          violations: packViolations(verdict.violations, constraints),
          errors: verdict.errors,
          ...(verdict.isHomeless && { isHomeless: true }),
          namespace: detached(inside),
          name: detached(name),
          resourceVersion: detached(textAt(object, "metadata", "resourceVersion")),
          namespaceVersion: found ? textAt(found, "metadata", "resourceVersion") : "",
        });
      }
      milliseconds += cpuMilliseconds() - started;
    }
    const isPartial = this.#dear.givenUp.size > 0;
    return {
      verdicts,
      constraints,
      unread,
      givenUp,
      isPartial,
      milliseconds,
      ...(sum && { stats: sum.close() }),
    };
  }
}

/** A fraction of what a thread has. */
const LITTLE_MEMORY = { elements: 250_000, bytes: 8_000_000 } as const;

/** Objects that are in memory at once: few, so that they are gone before the collector of garbage would move them. */
const AT_A_TIME = 16;

/** Of this thread; the time of day where Node is too old to tell. */
function cpuMilliseconds(): number {
  if (typeof process.threadCpuUsage !== "function") return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function objectsOf(text: string): readonly PlainObject[] {
  const parsed = parseJson(text);
  return parsed.ok ? (parsed.value as readonly PlainObject[]) : [];
}
