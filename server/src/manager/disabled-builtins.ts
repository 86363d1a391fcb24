import type { ManagerFlags } from "./manager-flags.ts";

/** Manifests write `--disable-opa-builtin={http.send}`, braces included, which is meant as a list. */
export function disabledBuiltins(flags: ManagerFlags): readonly string[] {
  return flags["disable-opa-builtin"].flatMap((names) => names.replace(/^\{(.*)\}$/, "$1").split(","));
}
