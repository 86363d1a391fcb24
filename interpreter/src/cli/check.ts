import { Command, Option } from "commander";
import { nodeHost } from "../node/host.ts";
import { createRego } from "../rego.ts";
import { FileError, loadFiles } from "./files.ts";
import { printErrors, type Format } from "./output.ts";

/** `rego check`: parses and compiles policies; says nothing and exits with 0 when they are right, else exits with 1. */
export function checkCommand(): Command {
  return new Command("check")
    .description("Parse and compile policies, and report what is wrong with them.")
    .argument("<path...>", "files and folders")
    .option("-S, --strict", "strict mode: unused imports and variables are errors as well")
    .addOption(
      new Option("-f, --format <format>", "output format").choices(["pretty", "json"]).default("pretty"),
    )
    .option("--v0-compatible", "policies are Rego v0")
    .option("--v1-compatible", "policies are Rego v1 (the default)")
    .addHelpText(
      "after",
      "\nExamples:\n  rego check policies/\n  rego check --strict --format json policy.rego",
    )
    .action(
      (paths: readonly string[], flags: { strict?: boolean; format: Format; v0Compatible?: boolean }) => {
        process.exitCode = check(paths, flags);
      },
    );
}

function check(
  paths: readonly string[],
  flags: { readonly strict?: boolean; readonly format: Format; readonly v0Compatible?: boolean },
): number {
  let loaded;
  try {
    loaded = loadFiles(paths, flags.v0Compatible ? "v0" : "v1");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    console.error(`error: ${error.message}`);
    return 1;
  }
  const { errors } = createRego({ modules: loaded.modules, host: nodeHost(), strict: flags.strict ?? false });
  if (errors.length === 0) return 0;
  printErrors(errors, flags.format);
  return 1;
}
