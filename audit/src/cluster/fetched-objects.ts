import { isNotFound, keyOfName } from "@portcullis/engine/cluster";
import type { ObjectVersion, Resource } from "@portcullis/engine/cluster";
import type { SweepError } from "../sweep-error.ts";
import type { JudgedPage } from "../verdict-source.ts";
import type { Violation } from "../violation.ts";
import { PAGE_BYTES } from "./kind-pages.ts";
import { settled } from "./page-verdict.ts";
import type { AuditedKind, SweepRun } from "./sweep-run.ts";

/** Each has a connection of its own, and a TLS handshake costs as much as several calls. */
const FETCHES_AT_ONCE = 4;

/** Fetches and judges objects, no more at a time than a page should hold. */
export async function judgedOneByOne(
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
      const read = await run.pool.submit({
        resource: kind.resource,
        form: "objects",
        texts: inOneBuffer(texts),
        isCareful,
      });
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

/** Each buffer that changes hands costs as much as copying what is in it. */
function inOneBuffer(texts: readonly Uint8Array[]): readonly Uint8Array[] {
  const whole = new Uint8Array(texts.reduce((sum, text) => sum + text.byteLength, 0));
  let at = 0;
  return texts.map((text) => {
    whole.set(text, at);
    at += text.byteLength;
    return whole.subarray(at - text.byteLength, at);
  });
}

function together(pages: readonly JudgedPage[]): JudgedPage {
  const stats = pages.flatMap((page) => page.stats ?? []);
  return {
    objects: pages.reduce((sum, page) => sum + page.objects, 0),
    violations: violationsOf(pages),
    errors: pages.flatMap((page) => page.errors),
    ...(stats.length > 0 && { stats }),
  };
}

function* violationsOf(pages: readonly JudgedPage[]): Generator<readonly Violation[]> {
  for (const { violations } of pages) yield* violations;
}
