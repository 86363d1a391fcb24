import { readArguments } from "./arguments.ts";
import { UsageError, type FlagTable, type FlagValues } from "./flags.ts";
import { FileError } from "./load/paths.ts";
import { OutputClosed, type Terminal } from "./terminal.ts";

/** What a file of a command exports. */
export interface Command {
  /** `args` are those after the command's name; resolves to the exit code. Throws {@link UsageError}, {@link FileError}. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<number>;
}

export interface CommandDefinition<T extends FlagTable> {
  /** How it is called: `rego eval [flags] QUERY`. */
  readonly usage: string;
  readonly about: string;
  readonly examples: readonly string[];
  readonly flags: T;
  /** Returns the exit code. */
  readonly run: (
    args: readonly string[],
    flags: FlagValues<T>,
    terminal: Terminal,
  ) => number | Promise<number>;
}

export function defineCommand<const T extends FlagTable>(definition: CommandDefinition<T>): Command {
  return {
    async run(words, terminal) {
      const read = readArguments(words, definition.flags);
      if (read === "help") {
        terminal.out(helpText(definition));
        return 0;
      }
      return definition.run(read.args, read.flags, terminal);
    },
  };
}

/** Runs a command and turns what it throws into messages and exit codes. */
export async function runCommand(
  command: Command,
  name: string,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    if (error instanceof UsageError) {
      terminal.err(`error: ${error.message}\n(rego ${name} --help shows usage and examples)\n`);
      return 1;
    }
    if (error instanceof FileError) {
      terminal.err(`error: ${error.message}\n`);
      return 1;
    }
    // Nothing a policy or an input does ends here: what does is a fault of ours.
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err(`rego: internal error: ${trace}\n`);
    return 2;
  }
}

const HELP_COLUMN = 34;

function helpText<T extends FlagTable>({ usage, about, examples, flags }: CommandDefinition<T>): string {
  const rows = Object.entries(flags).map(([name, { short, value, help }]) => {
    const left = `  ${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
    return left.length < HELP_COLUMN
      ? left.padEnd(HELP_COLUMN) + help
      : `${left}\n${" ".repeat(HELP_COLUMN)}${help}`;
  });
  const sections = [
    about,
    `Usage:\n  ${usage}`,
    `Examples:\n${examples.map((line) => `  ${line}`).join("\n")}`,
  ];
  if (rows.length > 0) sections.push(`Flags:\n${rows.join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}
