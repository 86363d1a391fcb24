import { createRego } from "../rego.ts";
import { CAPABILITIES_FLAG } from "./capabilities-file.ts";
import { defineCommand } from "./command.ts";
import { errorJson, loadingText, problemText, type Problem } from "./errors.ts";
import { count, list, on, oneOf, refused, UsageError } from "./flags.ts";
import { fields, indented } from "./json.ts";
import { hasDocument } from "./load/document-tree.ts";
import { loadArguments, VERSION_FLAGS, versionOf, type LoadedFiles } from "./load/load.ts";
import { FileError } from "./load/paths.ts";
import { parseAll } from "./parse-all.ts";
import type { Terminal } from "./terminal.ts";

/** `rego check`: parses and compiles policies; says nothing and exits with 0 when they are right, else exits with 1. */
export const checkCommand = defineCommand({
  usage: "rego check [flags] PATH...",
  about: "Parse and compile policies, and report what is wrong with them.",
  examples: [
    "rego check policies/",
    "rego check --strict --format json policy.rego",
    "rego check --bundle bundle.tar.gz",
    "rego check --capabilities mine.json policies/    # only what mine.json lists may be used",
  ],
  flags: {
    strict: on("strict mode: unused imports and variables are errors as well", "S"),
    bundle: on("paths are bundles: folders or .tar.gz", "b"),
    format: oneOf(["pretty", "json"], "pretty", "how errors are shown", "f"),
    "max-errors": count("N", 10, "how many errors to report at most; 0 for all", "m"),
    capabilities: CAPABILITIES_FLAG,
    ignore: list("PATTERN", "names of files and folders to leave out; may be repeated"),
    schema: { ...refused("inputs have any type", "s"), value: "PATH" },
    ...VERSION_FLAGS,
  },
  run(paths, flags, terminal) {
    if (paths.length === 0) throw new UsageError("specify at least one file");
    const tell = (problems: readonly Problem[], isLoading: boolean): number => {
      if (problems.length > 0) report(problems, flags.format, isLoading, terminal);
      return problems.length > 0 ? 1 : 0;
    };
    let loaded: LoadedFiles;
    try {
      loaded = loadArguments(paths, { ...flags, data: flags.bundle }, versionOf(flags));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return tell([{ message: error.message }], true);
    }
    const parsed = parseAll(loaded.modules, { capabilities: flags.capabilities, annotations: true });
    if (!parsed.ok) return tell(parsed.errors, true);
    const rego = createRego({
      modules: parsed.modules,
      strict: flags.strict,
      print: true,
      errorLimit: flags["max-errors"],
      dataPathExists: (path) => hasDocument(loaded.data, path),
      ...(flags.capabilities ? { capabilities: flags.capabilities } : {}),
    });
    return tell(rego.errors, false);
  },
});

function report(
  problems: readonly Problem[],
  format: "pretty" | "json",
  isLoading: boolean,
  terminal: Terminal,
): void {
  if (format === "json") {
    terminal.err(`${indented(fields({ errors: problems.map(errorJson) }))}\n`);
    return;
  }
  terminal.err(`${isLoading ? loadingText(problems) : problemText(problems)}\n`);
}
