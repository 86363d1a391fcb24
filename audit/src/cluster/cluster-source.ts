import type { DiscoveredResource, KubeApi } from "@portcullis/engine/cluster";
import { isExpired, isNotFound } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import type { AuditedObject, ObjectSource, SourceListener } from "../object-source.ts";
import { auditedKinds } from "./audited-kinds.ts";
import type { KindFilter } from "./audited-kinds.ts";

export interface ClusterSourceOptions {
  readonly api: KubeApi;
  /** Objects a page (`--audit-chunk-size`); 0 for all of a kind in one. */
  readonly pageSize: number;
  /** Kinds that some constraint can match; others are not asked for. */
  readonly filter: KindFilter;
  readonly namespace: (name: string) => Promise<PlainObject | undefined>;
}

/** Attempts at a page that the server cannot answer now. */
const ATTEMPTS = 4;
const PAUSE_MS = 500;
const PAGE_TIMEOUT_MS = 60_000;

/**
 * All objects of a cluster, kind after kind, page after page; one page is in memory at a time. A kind that cannot be listed
 * is reported and left out. When the server has forgotten the state that a list began with (410), the list goes on behind
 * the last page in the present state: nothing that was there all the time is missed or met twice.
 */
export function clusterSource(options: ClusterSourceOptions): ObjectSource {
  const { api, filter } = options;
  const namespaces = new Map<string, Promise<PlainObject | undefined>>();
  return {
    async *pages(signal, tell) {
      const discovered = await api.discover({ signal });
      if (!discovered.ok) {
        const message = `could not ask the API server for its kinds: ${discovered.error.message}`;
        tell.failed({ message, scope: {} });
        return;
      }
      for (const groupVersion of discovered.value.unavailable) {
        // `v1` alone is a version of the core group.
        const group = groupVersion.slice(0, Math.max(0, groupVersion.indexOf("/")));
        tell.failed({ message: `${groupVersion} is not served at present`, scope: { group } });
      }
      const kinds = auditedKinds(discovered.value).filter(filter);
      tell.kinds(kinds.map(nameOf));
      for (const resource of kinds) {
        yield* pagesOf(resource, options, signal, tell);
        if (signal.aborted) return;
        tell.finished(nameOf(resource));
      }
    },
    // Asked once a sweep: every object of a namespace is judged by the same labels.
    namespace(name) {
      const known = namespaces.get(name) ?? options.namespace(name);
      namespaces.set(name, known);
      return known;
    },
  };
}

async function* pagesOf(
  resource: DiscoveredResource,
  { api, pageSize }: ClusterSourceOptions,
  signal: AbortSignal,
  tell: SourceListener,
): AsyncGenerator<readonly AuditedObject[]> {
  let token: string | undefined;
  let attempts = 0;
  for (;;) {
    const page = await api.list(resource, {
      signal,
      timeoutMs: PAGE_TIMEOUT_MS,
      ...(pageSize > 0 && { limit: pageSize }),
      ...(token !== undefined && { continue: token }),
    });
    if (signal.aborted) return;
    if (page.ok) {
      attempts = 0;
      const remaining = page.value.continue === undefined ? 0 : page.value.remainingItemCount;
      tell.read(nameOf(resource), page.value.items.length, remaining);
      yield page.value.items.map((object) => ({ object }));
      token = page.value.continue;
      if (token === undefined) return;
      continue;
    }
    const { error } = page;
    if (isExpired(error) && error.continue !== undefined) {
      token = error.continue;
      continue;
    }
    // A kind that goes while we look leaves nothing to audit.
    if (isNotFound(error)) return;
    if (!error.retryable || ++attempts >= ATTEMPTS) {
      const { group, kind } = resource;
      tell.failed({
        message: `could not list ${nameOf(resource)}: ${error.message}`,
        scope: { group, kind },
      });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** (attempts - 1)));
  }
}

function nameOf({ group, kind }: DiscoveredResource): string {
  return group === "" ? kind : `${kind}.${group}`;
}
