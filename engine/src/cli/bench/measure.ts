import type { PlainObject } from "@portcullis/interpreter";
import type { Client } from "../../client.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import type { Review } from "../../reviews/review.ts";
import { reviewOfObject } from "../../target/review-of-object.ts";
import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import { latenciesOf } from "./results.ts";
import type { BenchResult, MemoryStats } from "./results.ts";

/** The measurement cannot be made; the message is gator's. */
export class BenchError extends Error {
  override readonly name = "BenchError";
}

export interface BenchSettings {
  readonly engine: string;
  readonly iterations: number;
  readonly warmup: number;
  readonly concurrency: number;
  readonly memory: boolean;
  readonly createClient: () => Client;
  /** Nanoseconds, for durations. */
  readonly now: () => number;
  /** Bytes of the heap in use. */
  readonly heapBytes: () => number;
}

interface Given {
  readonly templates: readonly PlainObject[];
  readonly constraints: readonly PlainObject[];
  readonly objects: readonly PlainObject[];
}

/** Reviews every object as often as asked and tells how long that took. Throws {@link BenchError}. */
export function measure(resources: readonly PlainObject[], settings: BenchSettings): BenchResult {
  const { now, iterations, warmup } = settings;
  const given = sorted(resources);
  const laps = lapCounter(now);
  const client = settings.createClient();
  const clientCreation = laps();
  for (const template of given.templates) demand(client.addTemplate(template), "adding template", template);
  const templateCompilation = laps();
  for (const one of given.constraints) demand(client.addConstraint(one), "adding constraint", one);
  const constraintLoading = laps();
  for (const object of given.objects) demand(client.addData(object), "adding data", object);
  const dataLoading = laps();
  const reviews = given.objects.map((object) => reviewOfObject(object));
  rounds(client, reviews, warmup, now);
  const heapBefore = settings.heapBytes();
  const start = now();
  const { durations, violations } = rounds(client, reviews, iterations, now);
  const totalDuration = now() - start;
  const memory = settings.memory ? memoryOf(settings.heapBytes() - heapBefore, durations.length) : undefined;
  const breakdown = { clientCreation, templateCompilation, constraintLoading, dataLoading };
  return {
    engine: settings.engine,
    templateCount: given.templates.length,
    constraintCount: given.constraints.length,
    objectCount: given.objects.length,
    iterations,
    concurrency: settings.concurrency,
    setupDuration: Object.values(breakdown).reduce((sum, part) => sum + part, 0),
    setupBreakdown: breakdown,
    totalDuration,
    latencies: latenciesOf(durations),
    violationCount: violations,
    reviewsPerSecond: durations.length / (totalDuration / 1e9),
    ...(memory && { memoryStats: memory }),
  };
}

function sorted(resources: readonly PlainObject[]): Given {
  const templates = resources.filter((one) => objectMeta(one).kind === "ConstraintTemplate");
  const constraints = resources.filter((one) => objectMeta(one).group === CONSTRAINT_GROUP);
  const policies = new Set([...templates, ...constraints]);
  const objects = resources.filter((one) => !policies.has(one));
  if (templates.length === 0) throw new BenchError("no ConstraintTemplates found in input");
  if (constraints.length === 0) throw new BenchError("no Constraints found in input");
  if (objects.length === 0) throw new BenchError("no objects to review found in input");
  return { templates, constraints, objects };
}

/** Each call answers the time since the one before. */
function lapCounter(now: () => number): () => number {
  let before = now();
  return () => {
    const at = now();
    const lap = at - before;
    before = at;
    return lap;
  };
}

function demand(outcome: ReturnType<Client["addData"]>, what: string, object: PlainObject): void {
  if (outcome.ok) return;
  throw new BenchError(`${what} ${JSON.stringify(objectMeta(object).name)}: ${outcome.error.message}`);
}

function rounds(client: Client, reviews: readonly Review[], count: number, now: () => number) {
  const durations: number[] = [];
  let violations = 0;
  for (let round = 0; round < count; round++) {
    for (const review of reviews) {
      const start = now();
      const { results, errors } = client.review(review, { enforcementPoint: "gator.gatekeeper.sh" });
      durations.push(now() - start);
      violations += results.length;
      const [error] = errors;
      if (error) throw new BenchError(`review failed: ${error.message}`);
    }
  }
  return { durations, violations };
}

/** The runtime tells bytes in use, not allocations: what was collected meanwhile is not seen. */
function memoryOf(bytes: number, reviews: number): MemoryStats {
  const totalBytes = Math.max(0, bytes);
  return { totalBytes, bytesPerReview: Math.round(totalBytes / reviews) };
}
