import type { HttpCachePlan } from "../builtins/http/plan.ts";
import type { HttpAnswer } from "../builtins/http/response.ts";

export type HttpResponse = Exclude<HttpAnswer, { error: string }>;

interface Entry {
  readonly response: HttpResponse;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly size: number;
}

/** Statuses that may be kept (RFC 7231, section 6.1). */
const CACHEABLE: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501]);

/** Responses that policies asked to keep from query to query; the least recently used go when the space is used up. */
export class HttpCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The kept response, and whether it is still fresh. */
  find(key: string, now: number): { readonly response: HttpResponse; readonly isFresh: boolean } | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return { response: entry.response, isFresh: now < entry.expiresAt };
  }

  /** Keeps a response if its status and headers, or the policy, allow it. */
  store(plan: HttpCachePlan, response: HttpResponse, now: number): void {
    this.#remove(plan.key);
    if (!CACHEABLE.has(response.statusCode)) return;
    const expiresAt =
      plan.forceSeconds !== null && plan.forceSeconds > 0 ? now + plan.forceSeconds * 1000 : expiry(response);
    if (expiresAt === undefined) return;
    const size = response.body.length + plan.key.length + 1_000;
    if (size > this.#maxBytes) return;
    this.#entries.set(plan.key, { response, expiresAt, size });
    this.#bytes += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.size;
  }
}

/** The headers by which a server can tell that a kept response still holds. */
export function validators(response: HttpResponse): Readonly<Record<string, string>> {
  const etag = response.headers["etag"]?.[0];
  const modified = response.headers["last-modified"]?.[0];
  return {
    ...(etag ? { "If-None-Match": etag } : {}),
    ...(modified ? { "If-Modified-Since": modified } : {}),
  };
}

/** The kept response with the headers of a 304 laid over it. */
export function refreshed(kept: HttpResponse, notModified: HttpResponse): HttpResponse {
  return { ...kept, headers: { ...kept.headers, ...notModified.headers } };
}

/** When a response expires by its headers; undefined when it must not be stored. */
function expiry(response: HttpResponse): number | undefined {
  const directives = (response.headers["cache-control"]?.[0] ?? "").split(",").map((part) => part.trim());
  if (directives.includes("no-store")) return undefined;
  const maxAge = directives.find((part) => /^max-age=\d+$/.test(part));
  if (maxAge) {
    const date = Date.parse(response.headers["date"]?.[0] ?? "");
    return Number.isNaN(date) ? undefined : date + Math.min(Number(maxAge.slice(8)), 0x7fffffff) * 1000;
  }
  const expires = Date.parse(response.headers["expires"]?.[0] ?? "");
  return Number.isNaN(expires) ? 0 : expires;
}
