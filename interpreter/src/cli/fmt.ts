import { writeFileSync } from "node:fs";
import { formatErrors } from "../errors.ts";
import { formatSource, type FormatOptions, type FormatResult } from "../syntax/fmt.ts";
import type { ModuleText } from "../syntax/parse.ts";
import { CAPABILITIES_FLAG } from "./capabilities-file.ts";
import { defineCommand } from "./command.ts";
import { on, type FlagValues } from "./flags.ts";
import { unifiedDiff } from "./fmt/unified-diff.ts";
import { VERSION_FLAGS, versionOf } from "./load/load.ts";
import { FileError, findFiles, readText } from "./load/paths.ts";
import type { Terminal } from "./terminal.ts";

const FLAGS = {
  diff: on("show what would change instead of the text", "d"),
  list: on("list the files that would change", "l"),
  write: on("write the text back into the files", "w"),
  fail: on("exit with 2 when a file would change"),
  "v0-v1": on("write policies so that Rego v0 and v1 both read them: import rego.v1, if and contains"),
  "rego-v1": on("the same as --v0-v1"),
  "drop-v0-imports": on("drop imports of what v1 has anyway: rego.v1, future.keywords"),
  "check-result": on("make sure that the result parses", undefined, true),
  capabilities: CAPABILITIES_FLAG,
  ...VERSION_FLAGS,
};

type FmtFlags = FlagValues<typeof FLAGS>;

/** A file that does not parse, or would change although it must not. */
class FormatError extends Error {}

/** `rego fmt`: lays policies out as `opa fmt` does. Exits with 2 where one does not parse or, with `--fail`, would change. */
export const fmtCommand = defineCommand({
  usage: "rego fmt [flags] [PATH...]",
  about: "Lay policies out in the one layout. Without a path, reads from standard input.",
  examples: [
    "rego fmt policy.rego                 # print it, laid out",
    "rego fmt --write policies/           # change the files below a folder",
    "rego fmt --diff policies/            # see what would change",
    "rego fmt --list --fail policies/     # in a build: name the files and fail",
    "rego fmt --v0-v1 old.rego            # Rego v0 to what both versions read",
    "cat policy.rego | rego fmt",
  ],
  flags: FLAGS,
  run(paths, flags, terminal) {
    try {
      if (paths.length === 0) {
        tell("stdin", terminal.stdin().toString("utf8"), { ...flags, write: false }, terminal);
        return 0;
      }
      for (const path of paths) {
        for (const { path: file } of findFiles(path)) {
          if (file.endsWith(".rego")) tell(file, readText(file), flags, terminal);
        }
      }
      return 0;
    } catch (error) {
      if (error instanceof FileError) {
        terminal.err(`${error.message}\n`);
        return 1;
      }
      if (!(error instanceof FormatError)) throw error;
      terminal.err(`${error.message}\n`);
      return 2;
    }
  },
});

function tell(file: string, source: string, flags: FmtFlags, terminal: Terminal): void {
  const text = formatted(file, source, flags);
  const changes = text !== source;
  if (changes) {
    if (flags.list) terminal.out(`${file}\n`);
    if (flags.diff) terminal.out(unifiedDiff(source, text, file));
    if (flags.fail) throw new FormatError(`unexpected diff: ${file}`);
    if (flags.write) writeFileSync(file, text);
  }
  if (!flags.list && !flags.diff && !flags.write) terminal.out(text);
}

function formatted(file: string, source: string, flags: FmtFlags): string {
  const options: FormatOptions = {
    v0AndV1: flags["v0-v1"] || flags["rego-v1"],
    dropV0Imports: flags["drop-v0-imports"],
  };
  const version = versionOf(flags);
  const given: ModuleText = {
    name: file,
    source,
    version,
    ...(flags.capabilities ? { capabilities: flags.capabilities } : {}),
  };
  let result = formatSource(given, options);
  // What is to suit both versions may come from either.
  if (!result.ok && options.v0AndV1)
    result = orElse(formatSource({ ...given, version: "v0" }, options), result);
  if (!result.ok) {
    throw new FormatError(`failed to format Rego source file: ${formatErrors(result.errors)}`);
  }
  if (flags["check-result"]) {
    const again = formatSource({ ...given, source: result.text, version: options.v0AndV1 ? "v1" : version });
    if (!again.ok) throw new FormatError(`${file}: the result does not parse: ${formatErrors(again.errors)}`);
  }
  return result.text;
}

function orElse(first: FormatResult, second: FormatResult): FormatResult {
  return first.ok ? first : second;
}
