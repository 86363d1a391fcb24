import type { PlainObject } from "@portcullis/interpreter";
import type { KubeApi, Selection } from "./api.ts";
import { answered, isExpired } from "./kube-error.ts";
import type { KubeResult } from "./kube-error.ts";
import type { Resource } from "./resource.ts";

export interface ListPagesOptions extends Selection {
  readonly pageSize: number;
  /** For one page. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface WholeList {
  readonly items: readonly PlainObject[];
  /** All pages show the state at this version. */
  readonly resourceVersion: string;
}

/**
 * Lists a kind page by page. A list that takes so long that the server forgets its state (410 on a page) is begun anew,
 * in one piece: a second paged try would take as long as the first.
 */
export async function listPages(
  api: KubeApi,
  resource: Resource,
  { pageSize, ...options }: ListPagesOptions,
): Promise<KubeResult<WholeList>> {
  const items: PlainObject[] = [];
  let position: { resourceVersion: string; continue: string } | undefined;
  for (;;) {
    const page = await api.list(resource, {
      ...options,
      limit: pageSize,
      ...(position && { continue: position.continue }),
    });
    if (!page.ok) {
      return position !== undefined && isExpired(page.error) ? listWhole(api, resource, options) : page;
    }
    for (const item of page.value.items) items.push(item);
    const resourceVersion = position?.resourceVersion ?? page.value.resourceVersion;
    if (page.value.continue === undefined) return answered({ items, resourceVersion });
    position = { resourceVersion, continue: page.value.continue };
  }
}

async function listWhole(
  api: KubeApi,
  resource: Resource,
  options: Omit<ListPagesOptions, "pageSize">,
): Promise<KubeResult<WholeList>> {
  const page = await api.list(resource, options);
  if (!page.ok) return page;
  return answered({ items: page.value.items, resourceVersion: page.value.resourceVersion });
}
