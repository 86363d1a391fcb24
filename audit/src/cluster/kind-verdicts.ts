import type { ProcessExcluder } from "@portcullis/engine";
import { isNotFound, keyOfName } from "@portcullis/engine/cluster";
import type {
  KubeApi,
  KubeResult,
  ListOptions,
  ObjectVersion,
  Resource,
  VersionsPage,
} from "@portcullis/engine/cluster";
import type { DataRevisions } from "../incremental/data-revisions.ts";
import type { VerdictBasis, VerdictMemory } from "../incremental/verdict-memory.ts";
import type { SourceListener } from "../object-source.ts";
import { unpackViolations } from "../packed-violations.ts";
import type { PackedConstraints } from "../packed-violations.ts";
import type { SweepError } from "../sweep-error.ts";
import type { JudgedObjects, PageRead, Verdict } from "../threads/evaluator.ts";
import type { EvaluatorPool, ReadPage } from "../threads/evaluator-pool.ts";
import type { JudgedPage } from "../verdict-source.ts";
import type { Violation } from "../violation.ts";
import type { KindDependence } from "./kind-dependence.ts";
import { kindPages, PAGE_BYTES } from "./kind-pages.ts";
import type { ListedPage, Page } from "./kind-pages.ts";
import type { Patience } from "./patience.ts";

/** What the kinds of one sweep share. */
export interface SweepRun {
  readonly api: KubeApi;
  readonly pool: EvaluatorPool;
  readonly memory: VerdictMemory;
  readonly pageSize: number;
  /** Judge the objects of this namespace alone. */
  readonly namespace?: string;
  readonly excluder: ProcessExcluder;
  /** When the parts of the inventory that is judged by have changed. */
  readonly data: DataRevisions;
  /** Of the Namespace of that name in this sweep; undefined when there is none or nobody can tell. */
  readonly namespaceVersion: (name: string) => Promise<string | undefined>;
  /** Whether Namespaces that are not there took their objects along, as far as it was asked. */
  readonly gone: Map<string, Promise<boolean>>;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly tell: SourceListener;
  /** Told of the time that judging took, in the threads. */
  readonly onJudged: (milliseconds: number) => void;
}

/** A kind to audit. */
export interface AuditedKind extends KindDependence {
  readonly resource: Resource;
}

/** A page that is being judged: the promise never rejects. */
export interface BegunPage {
  readonly page: Promise<JudgedPage>;
}

/**
 * The verdicts on all objects of one kind, each page begun before the one before it is done. Where verdicts are remembered,
 * only the versions of the objects are listed, and those that are new or changed are fetched and judged.
 */
export async function* kindVerdicts(kind: AuditedKind, run: SweepRun): AsyncGenerator<BegunPage> {
  const { resource, dependsOn } = kind;
  const isRemembered = dependsOn !== "world" && run.memory.knows(resource);
  const pages = isRemembered ? versionPages(kind, run) : wholePages(kind, run);
  const failure = yield* pages;
  const name = nameOfKind(resource);
  if (failure) {
    const { group, kind: kindName } = resource;
    run.tell.failed({ message: `could not list ${name}: ${failure}`, scope: { group, kind: kindName } });
  } else run.memory.sweepOut(resource);
  if (!run.signal.aborted) run.tell.finished(name);
}

type Pages = AsyncGenerator<BegunPage, string | undefined>;

/** Lists the objects themselves; a thread reads and judges each page. */
async function* wholePages(kind: AuditedKind, run: SweepRun): Pages {
  const pages = kindPages((options) => submitPage(kind.resource, options, run), run);
  for (;;) {
    const next = await pages.next();
    if (next.done === true) return next.value?.message;
    const { asked, value } = next.value;
    tellRead(kind, run, value.page.objects, value.page);
    yield { page: settled(value.judged, kind, run, () => carefulPage(asked, kind, run)) };
  }
}

/** The same page once more, after a thread has died of it. */
async function carefulPage(asked: ListOptions, kind: AuditedKind, run: SweepRun): Promise<JudgedPage> {
  const page = await submitPage(kind.resource, asked, run, true);
  const judged = page.ok ? page.value.judged : Promise.resolve(page.error.message);
  return settled(judged, kind, run);
}

/** A page that a thread has read. */
async function submitPage(
  resource: Resource,
  options: ListOptions,
  { api, pool }: SweepRun,
  isCareful = false,
): Promise<KubeResult<ReadPage & ListedPage>> {
  const text = await api.listText(resource, options);
  if (!text.ok) return text;
  const bytes = text.value.byteLength;
  const read = await pool.submit({ resource, form: "list", texts: [text.value], isCareful });
  const { continue: next, malformed } = read.page;
  if (malformed !== undefined) {
    const error = { code: 0, reason: "MalformedAnswer", message: malformed, retryable: true };
    return { ok: false, error };
  }
  return { ok: true, value: { ...read, bytes, ...(next !== undefined && { continue: next }) } };
}

/** Lists versions: what is remembered stands, the rest is fetched. */
async function* versionPages(kind: AuditedKind, run: SweepRun): Pages {
  const pages = kindPages((options) => run.api.listVersions(kind.resource, options), run);
  for (;;) {
    const next = await pages.next();
    if (next.done === true) return next.value?.message;
    const { items } = next.value.value;
    tellRead(kind, run, items.length, next.value.value);
    const included = items.filter((item) => !isExcluded(item, kind, run));
    const { recalled, changed } = await recall(included, kind, run);
    if (isWorthPage(changed.length, items.length)) {
      yield { page: wholePage(next.value, kind, run) };
    } else {
      yield { page: Promise.resolve(recalled) };
      if (changed.length > 0) yield { page: judgedOneByOne(changed, kind, run) };
    }
  }
}

/** Many small calls cost the server and us more than one large one. */
function isWorthPage(changed: number, items: number): boolean {
  return changed > 1 && changed * 10 > items;
}

/** The objects of a page whose versions are known already: the same place in the same state of the list. */
async function wholePage(
  { asked, value }: Page<VersionsPage>,
  kind: AuditedKind,
  run: SweepRun,
): Promise<JudgedPage> {
  const page = await submitPage(kind.resource, asked, run);
  // The state is forgotten meanwhile, or the server is away: object by object then.
  if (!page.ok) {
    const included = value.items.filter((item) => !isExcluded(item, kind, run));
    return judgedOneByOne(included, kind, run);
  }
  return settled(page.value.judged, kind, run, () => carefulPage(asked, kind, run));
}

/** Takes what is remembered of these objects; the others are `changed`. */
export async function recall<T extends ObjectVersion>(
  items: readonly T[],
  kind: AuditedKind,
  run: SweepRun,
): Promise<{ readonly recalled: JudgedPage; readonly changed: readonly T[] }> {
  const changed: T[] = [];
  const found: PackedVerdict[] = [];
  // Namespaces come in order: one question for all objects of each.
  let namespace = "";
  let namespaceVersion: string | undefined = "";
  for (const item of items) {
    if (item.namespace !== namespace) {
      namespace = item.namespace;
      namespaceVersion = namespace === "" ? "" : await run.namespaceVersion(namespace);
    }
    const violations =
      namespaceVersion === undefined
        ? undefined
        : run.memory.recall(kind.resource, item, basisOf(item.resourceVersion, namespaceVersion, kind));
    const { name } = item;
    if (violations === undefined) changed.push(item);
    else if (violations !== "") found.push({ violations, namespace, name });
  }
  const recalled = {
    objects: items.length - changed.length,
    violations: unpacked(found, kind.resource, run.memory.constraints),
    errors: [],
  };
  return { recalled, changed };
}

type PackedVerdict = Pick<Verdict, "violations" | "namespace" | "name">;

/** The violations of a page, a few at a time in memory. */
function unpacked(
  found: readonly PackedVerdict[],
  resource: Resource,
  constraints: PackedConstraints,
): Iterable<Violation> {
  return {
    *[Symbol.iterator]() {
      for (const { violations, namespace, name } of found)
        yield* unpackViolations(violations, { ...resource, namespace, name }, constraints);
    },
  };
}

/** Each has a connection of its own, and a TLS handshake costs as much as several calls. */
const FETCHES_AT_ONCE = 4;

/** Fetches and judges objects, no more at a time than a page should hold. */
async function judgedOneByOne(
  items: readonly ObjectVersion[],
  kind: AuditedKind,
  run: SweepRun,
  isCareful = false,
): Promise<JudgedPage> {
  const waiting = items.values();
  const pages: JudgedPage[] = [];
  for (;;) {
    const { texts, fetched, errors, isLast } = await fetchSome(waiting, kind.resource, run);
    if (errors.length > 0) pages.push({ objects: errors.length, violations: [], errors });
    if (texts.length > 0) {
      const read = await run.pool.submit({ resource: kind.resource, form: "objects", texts, isCareful });
      const again = isCareful ? undefined : () => judgedOneByOne(fetched, kind, run, true);
      pages.push(await settled(read.judged, kind, run, again));
    }
    if (isLast) return pages.length === 1 ? (pages[0] as JudgedPage) : together(pages);
  }
}

interface Fetched {
  readonly texts: readonly Uint8Array[];
  /** Whose texts these are. */
  readonly fetched: readonly ObjectVersion[];
  readonly errors: readonly SweepError[];
  /** Nothing is waiting any more. */
  readonly isLast: boolean;
}

/** Fetches objects until none is waiting, or they are enough for a page. */
async function fetchSome(
  waiting: Iterator<ObjectVersion>,
  resource: Resource,
  run: SweepRun,
): Promise<Fetched> {
  const texts: Uint8Array[] = [];
  const fetched: ObjectVersion[] = [];
  const errors: SweepError[] = [];
  let bytes = 0;
  let isLast = false;
  const fetcher = async (): Promise<void> => {
    while (bytes < PAGE_BYTES) {
      const next = waiting.next();
      if (next.done === true) {
        isLast = true;
        return;
      }
      const { namespace, name } = next.value;
      const found = await run.patience.persist(() =>
        run.api.getText(resource, { namespace, name }, { signal: run.signal }),
      );
      if (found.ok) {
        texts.push(found.value);
        fetched.push(next.value);
        bytes += found.value.byteLength;
      } else if (!isNotFound(found.error)) {
        const { group, kind } = resource;
        const message = `${kind} ${keyOfName({ namespace, name })}: ${found.error.message}`;
        errors.push({ message, scope: { group, kind, namespace, name } });
      }
    }
  };
  await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, fetcher));
  return { texts, fetched, errors, isLast };
}

function together(pages: readonly JudgedPage[]): JudgedPage {
  const stats = pages.flatMap((page) => page.stats ?? []);
  return {
    objects: pages.reduce((sum, page) => sum + page.objects, 0),
    violations: pages.flatMap((page) => [...page.violations]),
    errors: pages.flatMap((page) => page.errors),
    ...(stats.length > 0 && { stats }),
  };
}

/** What a thread has judged; it is remembered. Where a thread has died of it, `again` has another one judge it carefully. */
export async function settled(
  judged: Promise<JudgedObjects | string>,
  kind: AuditedKind,
  run: SweepRun,
  again?: () => Promise<JudgedPage>,
): Promise<JudgedPage> {
  const result = await judged;
  const { resource } = kind;
  if (typeof result === "string" && again && !run.signal.aborted) return again();
  if (typeof result === "string") {
    const { group, kind: kindName } = resource;
    const message = `a page of ${nameOfKind(resource)} was not judged: ${result}`;
    return { objects: 0, violations: [], errors: [{ message, scope: { group, kind: kindName } }] };
  }
  run.onJudged(result.milliseconds);
  const found: Verdict[] = [];
  const errors: SweepError[] = [];
  for (const verdict of result.verdicts) {
    if (verdict.isHomeless && (await isGone(verdict, resource, run))) continue;
    if (verdict.violations !== "") found.push(verdict);
    for (const error of verdict.errors) errors.push(error);
    if (verdict.errors.length > 0 || result.isPartial || kind.dependsOn === "world") continue;
    const basis = basisOf(verdict.resourceVersion, verdict.namespaceVersion, kind);
    run.memory.remember(resource, verdict, basis, verdict.violations, result.constraints);
  }
  errors.push(...result.givenUp);
  for (const why of result.unread) {
    const { group, kind: kindName } = resource;
    const message = `an object of ${nameOfKind(resource)} cannot be read: ${why}`;
    errors.push({ message, scope: { group, kind: kindName } });
  }
  const { stats, verdicts, unread, constraints } = result;
  return {
    objects: verdicts.length + unread.length,
    violations: unpacked(found, resource, constraints),
    errors,
    ...(stats && { stats }),
  };
}

/**
 * Whether an object whose Namespace is not there is gone with it: what is gone breaks nothing. Asked once for each Namespace,
 * whose objects go before it does; that they are there after all would be a cluster in disorder, and is told.
 */
function isGone({ namespace, name }: Verdict, resource: Resource, run: SweepRun): Promise<boolean> {
  const known = run.gone.get(namespace);
  if (known) return known;
  // Copies are of kinds whose path nobody knows.
  const asked =
    resource.plural === ""
      ? Promise.resolve(false)
      : run.api
          .getText(resource, { namespace, name }, { signal: run.signal })
          .then((found) => !found.ok && isNotFound(found.error));
  run.gone.set(namespace, asked);
  return asked;
}

function basisOf(
  resourceVersion: string,
  namespaceVersion: string,
  { dataRevision }: AuditedKind,
): VerdictBasis {
  return { resourceVersion, namespaceVersion, dataRevision };
}

export function isExcluded(
  { namespace, name }: ObjectVersion,
  { resource }: AuditedKind,
  run: SweepRun,
): boolean {
  const isNamespace = resource.kind === "Namespace" && resource.group === "";
  return run.excluder.isNamespaceExcluded("audit", isNamespace ? name : namespace);
}

function tellRead(
  { resource }: AuditedKind,
  { tell }: SweepRun,
  objects: number,
  page: Pick<PageRead, "continue" | "remainingItemCount">,
): void {
  tell.read(nameOfKind(resource), objects, page.continue === undefined ? 0 : page.remainingItemCount);
}

/** `Deployment.apps`, as people and progress name it. */
export function nameOfKind({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return group === "" ? kind : `${kind}.${group}`;
}
