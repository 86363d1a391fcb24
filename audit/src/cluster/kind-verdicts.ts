import type {
  KubeResult,
  ListOptions,
  ObjectVersion,
  Resource,
  VersionsPage,
} from "@portcullis/engine/cluster";
import type { PageRead } from "../threads/evaluator.ts";
import type { ReadPage } from "../threads/evaluator-pool.ts";
import type { JudgedPage } from "../verdict-source.ts";
import { judgedOneByOne } from "./fetched-objects.ts";
import { kindPages } from "./kind-pages.ts";
import type { ListedPage, Page } from "./kind-pages.ts";
import { recall, settled } from "./page-verdict.ts";
import { isExcluded, nameOfKind } from "./sweep-run.ts";
import type { AuditedKind, BegunPage, SweepRun } from "./sweep-run.ts";

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

/** Objects of many pages go to a thread together: a message costs as much as judging an object. */
const FETCHED_TOGETHER = 100;

/** Lists versions: what is remembered stands, the rest is fetched. */
async function* versionPages(kind: AuditedKind, run: SweepRun): Pages {
  const pages = kindPages((options) => run.api.listVersions(kind.resource, options), run);
  let waiting: ObjectVersion[] = [];
  for (;;) {
    const next = await pages.next();
    const isLast = next.done === true;
    if (waiting.length >= FETCHED_TOGETHER || (isLast && waiting.length > 0)) {
      yield { page: judgedOneByOne(waiting, kind, run) };
      waiting = [];
    }
    if (isLast) return next.value?.message;
    const { items } = next.value.value;
    tellRead(kind, run, items.length, next.value.value);
    const included = items.filter((item) => !isExcluded(item, kind, run));
    const { recalled, changed } = await recall(included, kind, run);
    if (isWorthPage(changed.length, items.length)) {
      yield { page: wholePage(next.value, kind, run) };
    } else {
      yield { page: Promise.resolve(recalled) };
      waiting = [...waiting, ...changed];
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

function tellRead(
  { resource }: AuditedKind,
  { tell }: SweepRun,
  objects: number,
  page: Pick<PageRead, "continue" | "remainingItemCount">,
): void {
  tell.read(nameOfKind(resource), objects, page.continue === undefined ? 0 : page.remainingItemCount);
}
