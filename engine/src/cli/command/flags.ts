/** What is wrong with a command line; the command's usage is printed below it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** One flag of a command. `V` is what the command gets for it. */
export interface Flag<V> {
  /** A single letter, used with one dash. */
  readonly short?: string;
  /** The type as help shows it; a flag without one is a switch and takes a value after `=` only. */
  readonly type?: string;
  readonly usage: string;
  readonly initial: V;
  /** The next value of the flag, after the one before. Throws {@link UsageError} with Go's text. */
  read(text: string, before: V): V;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends { readonly initial: infer V } ? V : never;
};

export interface Parsed {
  readonly flags: Readonly<Record<string, unknown>>;
  /** What stands between the flags. */
  readonly args: readonly string[];
}

/**
 * Reads a command line as Go's pflag does: `--name=value`, `--name value`, `-n value`, `-n=value`, `-nvalue`, switches
 * together (`-tv`), flags anywhere, all after `--` as arguments. Throws {@link UsageError} with pflag's texts.
 */
export function parseFlags(table: FlagTable, given: readonly string[]): Parsed {
  const values = new Map(
    Object.entries(table).map(([name, flag]): [string, unknown] => [name, flag.initial]),
  );
  const args: string[] = [];
  const queue = [...given];
  const set = (name: string, text: string): void => {
    const flag = table[name];
    if (flag) values.set(name, readValue(name, flag, text, values.get(name)));
  };
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === "--") {
      args.push(...queue.splice(0));
    } else if (arg.startsWith("--")) long(table, arg, queue, set);
    else if (arg.startsWith("-") && arg.length > 1) short(table, arg, queue, set);
    else args.push(arg);
  }
  return { flags: Object.fromEntries(values), args };
}

type Set = (name: string, text: string) => void;

function long(table: FlagTable, arg: string, queue: string[], set: Set): void {
  const equals = arg.indexOf("=");
  const name = arg.slice(2, equals < 0 ? undefined : equals);
  if (name === "" || name.startsWith("-")) throw new UsageError(`bad flag syntax: ${arg}`);
  if (!Object.hasOwn(table, name)) throw new UsageError(`unknown flag: --${name}`);
  if (equals >= 0) return set(name, arg.slice(equals + 1));
  if (table[name]?.type === undefined) return set(name, "true");
  const value = queue.shift();
  if (value === undefined) throw new UsageError(`flag needs an argument: ${arg}`);
  set(name, value);
}

/** One dash: any number of switches, and at the end a flag with its value. */
function short(table: FlagTable, arg: string, queue: string[], set: Set): void {
  const letters = Array.from(arg.slice(1));
  for (const [index, letter] of letters.entries()) {
    const name = Object.keys(table).find((key) => table[key]?.short === letter);
    if (name === undefined) throw new UsageError(`unknown shorthand flag: '${letter}' in ${arg}`);
    const rest = letters.slice(index + 1).join("");
    if (rest.startsWith("=")) return set(name, rest.slice(1));
    if (table[name]?.type === undefined) {
      set(name, "true");
    } else {
      const value = rest === "" ? queue.shift() : rest;
      if (value === undefined) throw new UsageError(`flag needs an argument: '${letter}' in ${arg}`);
      return set(name, value);
    }
  }
}

function readValue(name: string, flag: Flag<unknown>, text: string, before: unknown): unknown {
  try {
    return flag.read(text, before);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const shown = flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;
    throw new UsageError(`invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${error.message}`);
  }
}
