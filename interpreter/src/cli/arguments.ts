import { nearestName } from "../syntax/nearest-name.ts";
import { UsageError, type Flag, type FlagTable, type FlagValues } from "./flags.ts";

/** Arguments, sorted: what the flags say, and the rest in order. */
export interface Arguments<T extends FlagTable> {
  readonly args: readonly string[];
  readonly flags: FlagValues<T>;
}

/**
 * Reads arguments as Go's commands do: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, switches
 * together (`-zv`) and with `=false`, all of them before, between and after the other arguments; `--` ends them.
 * Answers `help` where `-h` or `--help` is among them. Throws {@link UsageError} with pflag's texts.
 */
export function readArguments<T extends FlagTable>(
  words: readonly string[],
  table: T,
): Arguments<T> | "help" {
  const args: string[] = [];
  const given = new Map<string, { readonly as: string; readonly value: string }[]>();
  const give = (name: string, as: string, value: string): void => {
    const values = given.get(name) ?? [];
    values.push({ as, value });
    given.set(name, values);
  };
  const shorts = new Map(
    Object.entries(table).flatMap(([name, { short }]) => (short ? [[short, name]] : [])),
  );
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (word === "--") {
      args.push(...waiting);
      break;
    }
    if (word === "--help" || word === "-h") return "help";
    if (word.startsWith("--")) long(word, waiting);
    else if (word.startsWith("-") && word !== "-") letters(word, waiting);
    else args.push(word);
  }

  function long(word: string, rest: string[]): void {
    const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const flag = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!flag) throw unknown(`unknown flag: --${name}`, nearestName(name, Object.keys(table)));
    if (flag.value === undefined) return give(name, `--${name}`, value ?? "true");
    const next = value ?? rest.shift();
    if (next === undefined) throw new UsageError(`flag needs an argument: --${name}`);
    give(name, `--${name}`, next);
  }

  function letters(word: string, rest: string[]): void {
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] as string;
      const name = shorts.get(letter);
      const flag = name === undefined ? undefined : table[name];
      if (name === undefined || !flag) {
        throw unknown(
          `unknown shorthand flag: '${letter}' in ${word}`,
          table[word.slice(1)] && word.slice(1),
        );
      }
      const as = `-${letter}, --${name}`;
      const after = word.slice(at + 1);
      if (flag.value === undefined) {
        if (!after.startsWith("=")) {
          give(name, as, "true");
          continue;
        }
        return give(name, as, after.slice(1));
      }
      const next = after === "" ? rest.shift() : after.replace(/^=/, "");
      if (next === undefined) throw new UsageError(`flag needs an argument: '${letter}' in ${word}`);
      return give(name, as, next);
    }
  }

  const flags = Object.fromEntries(
    Object.entries(table).map(([name, flag]) => [name, readFlag(flag, given.get(name) ?? [])]),
  );
  return { args, flags: flags as FlagValues<T> };
}

function readFlag(
  flag: Flag<unknown>,
  given: readonly { readonly as: string; readonly value: string }[],
): unknown {
  const last = given.at(-1);
  try {
    if (flag.value === undefined && given.some(({ value }) => value !== "true" && value !== "false")) {
      throw new UsageError("true or false is wanted");
    }
    return flag.read(given.map(({ value }) => value));
  } catch (error) {
    if (!(error instanceof UsageError) || !last) throw error;
    const of =
      flag.value === undefined && last.value === "true"
        ? ""
        : `invalid argument ${JSON.stringify(last.value)} for `;
    throw new UsageError(`${of}"${last.as}" flag: ${error.message}`, { cause: error });
  }
}

function unknown(message: string, meant: string | undefined): UsageError {
  return new UsageError(meant === undefined ? message : `${message}; did you mean --${meant}?`);
}
