import { isExpired, isNotFound } from "@portcullis/engine/cluster";
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

/** A page as it came, and how to ask for it again. */
export interface Page<T> {
  readonly value: T;
  readonly asked: ListOptions;
}

const PAGE_TIMEOUT_MS = 60_000;

/**
 * The pages of one list; returns the error that ended it early, undefined after its end. When the server has forgotten the
 * state that a list began with (410), it goes on behind the last page in the present state: nothing that was there all the
 * time is missed or met twice. A kind that goes while we look leaves nothing to audit, which is an end like another.
 */
export async function* kindPages<T extends { readonly continue?: string }>(
  ask: (options: ListOptions) => Promise<KubeResult<T>>,
  { pageSize, patience, signal, namespace }: PagingOptions,
): AsyncGenerator<Page<T>, KubeError | undefined> {
  let token: string | undefined;
  while (!signal.aborted) {
    const asked: ListOptions = {
      signal,
      timeoutMs: PAGE_TIMEOUT_MS,
      ...(namespace !== undefined && { namespace }),
      ...(pageSize > 0 && { limit: pageSize }),
      ...(token !== undefined && { continue: token }),
    };
    const page = await patience.persist(() => ask(asked));
    if (page.ok) {
      yield { value: page.value, asked };
      token = page.value.continue;
      if (token === undefined) return undefined;
    } else if (isExpired(page.error) && page.error.continue !== undefined) token = page.error.continue;
    else return isNotFound(page.error) ? undefined : page.error;
  }
  return undefined;
}
