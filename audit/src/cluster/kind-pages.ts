import { isExpired, isNotFound, isTooLong } from "@portcullis/engine/cluster";
import type { KubeError, KubeResult, ListOptions } from "@portcullis/engine/cluster";
import type { Patience } from "./patience.ts";

export interface PagingOptions {
  /** Objects a page (`--audit-chunk-size`); 0 for all in one. */
  readonly pageSize: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** List the objects of this namespace alone. */
  readonly namespace?: string;
}

export interface ListedPage {
  readonly continue?: string;
  /** Of the answer. */
  readonly bytes?: number;
}

/** A page as it came, and how to ask for it again. */
export interface Page<T> {
  readonly value: T;
  readonly asked: ListOptions;
}

const PAGE_TIMEOUT_MS = 60_000;

/** Bytes of a page that later pages of a kind should not exceed: objects can have a megabyte each. */
export const PAGE_BYTES = 8 * 1024 * 1024;

/** A page that turns out to be longer is given up, and asked for with fewer objects. */
const MOST_BYTES = 4 * PAGE_BYTES;

/** Of a single object, or of a server that knows no pages. */
const MOST_BYTES_AT_ALL = 16 * PAGE_BYTES;

/** Objects a page where all in one are too many. */
const USUAL_PAGE = 500;

/**
 * The pages of one list; returns the error that ended it early, undefined after its end. When the server has forgotten the
 * state that a list began with (410), it goes on behind the last page in the present state: nothing that was there all the
 * time is missed or met twice. A kind that goes while we look leaves nothing to audit, which is an end like another.
 */
export async function* kindPages<T extends ListedPage>(
  ask: (options: ListOptions) => Promise<KubeResult<T>>,
  { pageSize, patience, signal, namespace }: PagingOptions,
): AsyncGenerator<Page<T>, KubeError | undefined> {
  let token: string | undefined;
  let limit = pageSize;
  while (!signal.aborted) {
    const asked: ListOptions = {
      signal,
      timeoutMs: PAGE_TIMEOUT_MS,
      maxBytes: limit === 1 ? MOST_BYTES_AT_ALL : MOST_BYTES,
      ...(namespace !== undefined && { namespace }),
      ...(limit > 0 && { limit }),
      ...(token !== undefined && { continue: token }),
    };
    const page = await patience.persist(() => ask(asked));
    if (page.ok) {
      yield { value: page.value, asked };
      const { bytes = 0 } = page.value;
      if (bytes > PAGE_BYTES) limit = Math.max(1, Math.floor((limit * PAGE_BYTES) / bytes));
      token = page.value.continue;
      if (token === undefined) return undefined;
    } else if (isTooLong(page.error) && limit !== 1) {
      limit = limit === 0 ? USUAL_PAGE : Math.max(1, Math.floor(limit / 8));
    } else if (isExpired(page.error) && page.error.continue !== undefined) token = page.error.continue;
    else return isNotFound(page.error) ? undefined : page.error;
  }
  return undefined;
}
