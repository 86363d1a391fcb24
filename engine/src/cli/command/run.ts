import type { GatorProcess } from "../gator-process.ts";
import { allFlags } from "./command.ts";
import type { Command } from "./command.ts";
import { parseFlags, UsageError } from "./flags.ts";
import type { FlagTable } from "./flags.ts";
import { helpText, usageText } from "./help.ts";

/**
 * Runs the command that a command line names, below `root`. What is wrong with the command line is told as cobra tells it:
 * the error and the usage on the error stream, exit code 1. `everywhere` are flags that each command takes.
 */
export async function runCommandLine(
  root: Command,
  args: readonly string[],
  everywhere: FlagTable,
  process: GatorProcess,
): Promise<number> {
  const found = find(root, args);
  if ("unknown" in found) {
    process.stderr.write(`Error: ${unknownText(root, found.unknown)}Run '${root.name} --help' for usage.\n`);
    return 1;
  }
  const { command, path, rest } = found;
  try {
    const { flags, args: operands } = parseFlags(allFlags(command, everywhere), rest);
    if (flags["help"] === true || command.run === undefined) {
      process.stdout.write(helpText(command, path, everywhere));
      return 0;
    }
    checkOperands(command, path, operands);
    return await command.run(flags, operands, process);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`Error: ${error.message}\n${usageText(command, path, everywhere)}\n`);
    return 1;
  }
}

interface Found {
  readonly command: Command;
  readonly path: string;
  readonly rest: readonly string[];
}

/** Goes down the tree by the arguments that are no flags, as far as they name commands. */
function find(root: Command, args: readonly string[]): Found | { readonly unknown: string } {
  let command = root;
  let path = root.name;
  let rest = args;
  for (;;) {
    const at = firstOperand(command, rest);
    const word = at < 0 ? undefined : (rest[at] as string);
    const next = command.commands?.find(({ name }) => name === word);
    if (next === undefined) {
      if (command === root && word !== undefined) return { unknown: word };
      return { command, path, rest };
    }
    command = next;
    path = `${path} ${next.name}`;
    rest = rest.filter((_arg, index) => index !== at);
  }
}

/** Where the first argument stands that is neither a flag nor the value of one. */
function firstOperand({ flags }: Command, args: readonly string[]): number {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    if (arg === "--") return -1;
    if (!arg.startsWith("-") || arg === "-") return index;
    const own = Object.hasOwn(flags, arg.slice(2)) ? flags[arg.slice(2)] : undefined;
    const isSwitch = arg.includes("=") || SWITCHES.has(arg) || (own !== undefined && own.type === undefined);
    if (!isSwitch) index++;
  }
  return -1;
}

/** Switches that may stand before a command's name. */
const SWITCHES = new Set(["--help", "-h", "--version", "-v", "--debug"]);

function checkOperands({ operandCount, commands }: Command, path: string, given: readonly string[]): void {
  const wanted = operandCount === "none" ? 0 : operandCount;
  if (wanted === undefined || commands !== undefined || given.length === wanted) return;
  if (operandCount === "none")
    throw new UsageError(`unknown command ${JSON.stringify(given[0])} for "${path}"`);
  throw new UsageError(`accepts ${wanted} arg(s), received ${given.length}`);
}

function unknownText(root: Command, word: string): string {
  const near = (root.commands ?? []).map(({ name }) => name).filter((name) => isNear(word, name));
  const hint =
    near.length === 0 ? "" : `\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join("")}\n`;
  return `unknown command ${JSON.stringify(word)} for "${root.name}"\n${hint}`;
}

function isNear(word: string, name: string): boolean {
  const lower = word.toLowerCase();
  return distance(lower, name) <= 2 || name.startsWith(lower);
}

/** Levenshtein's: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_none, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change));
    }
    row = next;
  }
  return row[b.length] as number;
}
