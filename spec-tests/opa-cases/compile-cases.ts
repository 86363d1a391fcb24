import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createRego, formatErrors, type RegoError, type RegoVersion } from "@portcullis/interpreter";

/** A policy that must not compile, of OPA's `compilecases`. */
export interface CompileCase {
  readonly folder: string;
  readonly note: string;
  readonly version: RegoVersion;
  readonly strict: boolean;
  readonly print: boolean;
  readonly modules: readonly string[];
  readonly wanted: readonly WantedError[];
  /** Nothing but what is wanted may be reported. */
  readonly exhaustive: boolean;
}

export interface WantedError {
  readonly code: string;
  readonly message: string;
  readonly row: number;
  readonly col: number;
}

/** What a case is in its file. */
interface Written {
  readonly note: string;
  readonly rego_version?: RegoVersion;
  readonly strict?: boolean;
  readonly print_statements?: boolean;
  readonly modules: readonly string[];
  readonly want_errors: readonly WantedError[];
  readonly exhaustive?: boolean;
}

/** Reads `DIR/SUITE/VERSION/FOLDER/*.json` in the order of paths. A suite that is absent has no cases. */
export function readCompileCases(directory: string, suite: string): readonly CompileCase[] {
  return globSync(join(directory, suite, "**/*.json"))
    .sort()
    .flatMap((path) => {
      const { cases } = JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Written[] };
      return cases.map((written) => ({
        folder: basename(path, ".json"),
        note: written.note,
        version: written.rego_version ?? "v1",
        strict: written.strict === true,
        print: written.print_statements === true,
        modules: written.modules,
        wanted: written.want_errors,
        exhaustive: written.exhaustive === true,
      }));
    });
}

/** Compiles the modules of a case. Returns undefined when it passes, else the reason why not. */
export function runCompileCase({
  modules,
  version,
  strict,
  print,
  wanted,
  exhaustive,
}: CompileCase): string | undefined {
  const { errors } = createRego({
    modules: modules.map((source, i) => ({ name: `test-${i}.rego`, source, version })),
    strict,
    print,
  });
  const missing = wanted.filter((want) => !errors.some((error) => isWanted(error, want)));
  const surplus = exhaustive ? errors.filter((error) => !wanted.some((want) => isWanted(error, want))) : [];
  if (missing.length === 0 && surplus.length === 0) return undefined;
  return `wanted ${JSON.stringify(wanted)}, got ${errors.length === 0 ? "no error" : formatErrors(errors)}`;
}

function isWanted({ code, message, location }: RegoError, want: WantedError): boolean {
  return (
    code === want.code && message === want.message && location?.row === want.row && location.col === want.col
  );
}
