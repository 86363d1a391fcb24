import type { GatorProcess } from "../gator-process.ts";
import { on } from "./flag-kinds.ts";
import type { FlagTable, FlagValues } from "./flags.ts";

/** One command as the command line and its help see it. */
export interface Command {
  readonly name: string;
  /** What stands after the name in the usage line: `path [--run=name]`. */
  readonly operands?: string;
  /** One line for the list of commands. */
  readonly short: string;
  /** The opening of its help, where that is more than {@link short}. */
  readonly long?: string;
  readonly examples?: string;
  readonly flags: FlagTable;
  /** How many arguments it takes; `none` refuses them as commands that do not exist. Any number where it is absent. */
  readonly operandCount?: number | "none";
  readonly commands?: readonly Command[];
  /** Answers the exit code. A command without it prints its help. */
  run?(flags: FlagValues<FlagTable>, args: readonly string[], process: GatorProcess): Promise<number>;
}

interface Definition<T extends FlagTable> extends Omit<Command, "run" | "flags"> {
  readonly flags: T;
  run(flags: FlagValues<T>, args: readonly string[], process: GatorProcess): Promise<number>;
}

/** A command whose `run` gets its flags with their types. */
export function defineCommand<T extends FlagTable>(definition: Definition<T>): Command {
  return definition;
}

/** The flags of a command with those that every command has. */
export function allFlags(command: Command, everywhere: FlagTable): FlagTable {
  return { ...command.flags, ...everywhere, help: on(`help for ${command.name}`, { short: "h" }) };
}
