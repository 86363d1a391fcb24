import type { Capabilities } from "../compiler/capabilities.ts";
import type { RegoError } from "../errors.ts";
import type { ModuleSource, ParsedSource } from "../rego.ts";
import { parseModule } from "../syntax/parse.ts";

export type ParsedSources =
  | { readonly ok: true; readonly modules: readonly ParsedSource[] }
  | { readonly ok: false; readonly errors: readonly RegoError[] };

export interface ParseAllOptions {
  readonly capabilities?: Capabilities | undefined;
  /** Read METADATA blocks as well, and report faulty ones. */
  readonly annotations: boolean;
}

/** Parses modules; all of them, or the errors of each. */
export function parseAll(
  sources: readonly ModuleSource[],
  { capabilities, annotations }: ParseAllOptions,
): ParsedSources {
  const modules: ParsedSource[] = [];
  const errors: RegoError[] = [];
  for (const source of sources) {
    const { name, key, version = "v1" } = source;
    const parsed = parseModule({
      ...source,
      version,
      annotations,
      ...(capabilities ? { capabilities } : {}),
    });
    if (parsed.ok) modules.push({ name, ...(key === undefined ? {} : { key }), module: parsed.module });
    else errors.push(...parsed.errors);
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, modules };
}
