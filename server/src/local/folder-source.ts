import type { PlainObject } from "@portcullis/interpreter";
import type { Manifest } from "@portcullis/engine/files";

/** The objects of a folder in pages, with the line each stands on. Fits the audit's `ObjectSource`. */
export interface FolderSource {
  pages(
    signal: AbortSignal,
  ): AsyncIterable<readonly { readonly object: PlainObject; readonly origin: string }[]>;
  namespace(name: string): Promise<PlainObject | undefined>;
}

const PAGE = 100;

export function folderSource(
  manifests: readonly Manifest[],
  namespace: (name: string) => Promise<PlainObject | undefined>,
): FolderSource {
  return {
    namespace,
    async *pages(signal) {
      for (let start = 0; start < manifests.length && !signal.aborted; start += PAGE) {
        yield await Promise.resolve(
          manifests.slice(start, start + PAGE).map(({ object, place }) => ({
            object,
            origin: `${place.file}:${place.line}`,
          })),
        );
      }
    },
  };
}
