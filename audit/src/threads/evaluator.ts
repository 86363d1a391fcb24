import { objectMeta, processExcluder, textAt } from "@portcullis/engine";
import type { Client, ProcessExcluder, TemplateStats } from "@portcullis/engine";
import { pageOf } from "@portcullis/engine/cluster";
import type { Resource } from "@portcullis/engine/cluster";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { judgeObject } from "../judge.ts";
import type { ObjectVerdict } from "../judge.ts";
import { StatsSum } from "../stats-sum.ts";
import type { SweepError } from "../sweep-error.ts";
import { loadPolicySet } from "./policy-set.ts";
import type { LoadedPolicies } from "./policy-set.ts";

/** Objects to judge, as the API server sent them: a list of one kind, or objects one by one. */
export interface PageText {
  readonly resource: Resource;
  readonly form: "list" | "objects";
  readonly texts: readonly Uint8Array[];
}

/** What a page says of itself, known before it is judged. */
export interface PageRead {
  readonly objects: number;
  /** Present when there are more pages. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
  /** The page is no JSON: nothing of it is judged. */
  readonly malformed?: string;
}

/** The verdict on one object, with what it holds for. */
export interface Verdict extends ObjectVerdict {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** Of the Namespace it was judged with; empty for none. */
  readonly namespaceVersion: string;
}

export interface JudgedObjects {
  /** Without those that the Config excludes. */
  readonly verdicts: readonly Verdict[];
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
  #excluder: ProcessExcluder = processExcluder();

  constructor(options: EvaluatorOptions) {
    this.#options = options;
  }

  /** Takes over a policy set; answers what of it could not be loaded here. */
  takePolicies(text: string): readonly SweepError[] {
    this.#loaded = loadPolicySet(this.#options.client, { text });
    this.#excluder = processExcluder(this.#loaded.config);
    return this.#loaded.problems.map(({ kind, name, message }) => ({
      message: `${kind} ${name} is not in force: ${message}`,
      scope: kind === "ConstraintTemplate" ? {} : { constraintKind: kind, constraint: name },
    }));
  }

  /** Takes over what changed in the inventory. */
  takeData(put: string, removed: string): void {
    const { client } = this.#options;
    for (const object of objectsOf(put)) client.addData(object);
    for (const object of objectsOf(removed)) client.removeData(object);
  }

  /** Reads a page; `judge` judges it. */
  read({ resource, form, texts }: PageText): ReadObjects {
    const decoder = new TextDecoder();
    const objects: PlainObject[] = [];
    let page: Omit<PageRead, "objects"> = {};
    for (const text of texts) {
      const parsed = parseJson(decoder.decode(text));
      if (!parsed.ok) page = { ...page, malformed: parsed.error.message };
      else if (form === "objects") objects.push(parsed.value as PlainObject);
      else {
        const { items, continue: next, remainingItemCount } = pageOf(parsed.value as PlainObject, resource);
        for (const item of items) objects.push(item);
        page = {
          ...(next !== undefined && { continue: next }),
          ...(remainingItemCount !== undefined && { remainingItemCount }),
        };
      }
    }
    return {
      page: { objects: objects.length, ...page },
      judge: (namespace) => this.#judge(objects, namespace),
    };
  }

  async #judge(objects: readonly PlainObject[], namespace: FindNamespace): Promise<JudgedObjects> {
    const { client, reviewTimeoutMs, stats } = this.#options;
    const { expansion } = this.#loaded as LoadedPolicies;
    const sum = stats ? new StatsSum() : undefined;
    const deps = {
      client,
      expansion,
      excluder: this.#excluder,
      reviewTimeoutMs,
      namespace,
      ...(sum && { onStats: (each: readonly TemplateStats[]) => sum.add(each) }),
    };
    const started = cpuMilliseconds();
    const verdicts: Verdict[] = [];
    for (const object of objects) {
      const verdict = await judgeObject({ object }, deps);
      if (!verdict) continue;
      const { namespace: inside, name } = objectMeta(object);
      const found = inside === "" ? undefined : await namespace(inside).catch(() => undefined);
      verdicts.push({
        ...verdict,
        namespace: inside,
        name,
        resourceVersion: textAt(object, "metadata", "resourceVersion"),
        namespaceVersion: found ? textAt(found, "metadata", "resourceVersion") : "",
      });
    }
    return { verdicts, milliseconds: cpuMilliseconds() - started, ...(sum && { stats: sum.close() }) };
  }
}

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
