import { CommandFailure, reportFailure } from "./command-output.ts";
import type { Command } from "./command/command.ts";
import { defineCommand } from "./command/command.ts";
import { on } from "./command/flag-kinds.ts";
import { helpText, usageText } from "./command/help.ts";
import { runCommandLine } from "./command/run.ts";
import { benchCommand } from "./commands/bench.ts";
import { expandCommand } from "./commands/expand.ts";
import { policyCommand } from "./commands/policy.ts";
import { syncCommand } from "./commands/sync.ts";
import { testCommand } from "./commands/test.ts";
import { verifyCommand } from "./commands/verify.ts";
import { versionLine, versionCommand } from "./commands/version.ts";
import type { GatorProcess } from "./gator-process.ts";

const EVERYWHERE = { debug: on("show the stack of an internal error") };

const helpCommand = defineCommand({
  name: "help",
  short: "Help about any command",
  flags: {},
  async run(_flags, words, process) {
    const found = commandOf(words);
    if (found) process.stdout.write(helpText(found.command, found.path, EVERYWHERE));
    else {
      const topic = words.map((word) => `\`${word}\``).join(" ");
      process.stderr.write(`Unknown help topic [${topic}]\n${usageText(root, root.name, EVERYWHERE)}`);
    }
    return 0;
  },
});

const root: Command = {
  name: "gator",
  short: "gator is a suite of authorship tools for Gatekeeper",
  long: "gator tests Gatekeeper's policies on this machine: templates, constraints, mutators and what they say of objects.",
  examples: `# Review manifests by policies
gator test --filename=policies/ --filename=manifests/

# Run the tests that policies bring along
gator verify policies/...`,
  flags: { version: on("version for gator", { short: "v" }) },
  commands: [
    benchCommand,
    expandCommand,
    helpCommand,
    policyCommand,
    syncCommand,
    testCommand,
    verifyCommand,
    versionCommand,
  ],
  async run(flags, _args, process) {
    process.stdout.write(flags["version"] === true ? versionLine() : helpText(root, root.name, EVERYWHERE));
    return 0;
  },
};

function commandOf(
  words: readonly string[],
): { readonly command: Command; readonly path: string } | undefined {
  let command = root;
  for (const word of words) {
    const next = command.commands?.find(({ name }) => name === word);
    if (!next) return undefined;
    command = next;
  }
  return { command, path: [root.name, ...words].join(" ") };
}

/**
 * Runs `gator` with its arguments. Answers the exit code. Only a fault of the program itself is told as such, with its
 * stack where `--debug` is given.
 */
export async function runGator(args: readonly string[], process: GatorProcess): Promise<number> {
  try {
    return await runCommandLine(root, args, EVERYWHERE, process);
  } catch (error) {
    const debug = args.includes("--debug");
    if (error instanceof CommandFailure) {
      const code = reportFailure(error, process);
      if (debug) process.stderr.write(`${error.stack ?? ""}\n`);
      return code;
    }
    const text = error instanceof Error ? error.message : String(error);
    const more = debug ? (error as Error).stack : "gator: run it again with --debug to see where";
    process.stderr.write(`gator: internal error: ${text}\n${more}\n`);
    return 1;
  }
}
