/** What went wrong with the arguments; the command line shows it with a pointer to `--help`. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** One flag of a command. `V` is what the command gets for it. */
export interface Flag<V> {
  /** A single letter, used with one dash. */
  readonly short?: string;
  /** Name of the value in the help; a flag without one is a switch. */
  readonly value?: string;
  readonly help: string;
  /** `given` holds each value, in order (`true` or `false` for a switch). Throws {@link UsageError}. */
  readonly read: (given: readonly string[]) => V;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends Flag<infer V> ? V : never;
};

/** A switch, off unless given or `fallback` says otherwise; `--name=false` switches it off. */
export function on(help: string, short?: string, fallback = false): Flag<boolean> {
  const flag = { help, read: (given: readonly string[]) => (given.at(-1) ?? String(fallback)) === "true" };
  return short === undefined ? flag : { ...flag, short };
}

export function text(value: string, help: string, short?: string): Flag<string | undefined> {
  return valued(value, help, short, (given) => given.at(-1));
}

/** May be given several times. */
export function texts(value: string, help: string, short?: string): Flag<readonly string[]> {
  return valued(value, help, short, (given) => given);
}

/** May be given several times, each time with several texts between commas. */
export function list(value: string, help: string, short?: string): Flag<readonly string[]> {
  return valued(value, help, short, (given) =>
    given.flatMap((one) => one.split(",")).filter((one) => one !== ""),
  );
}

export function oneOf<const C extends string>(
  choices: readonly C[],
  fallback: C,
  help: string,
  short?: string,
): Flag<C> {
  return valued(choices.join("|"), `${help} (default ${fallback})`, short, (given) => {
    const last = given.at(-1) ?? fallback;
    const choice = choices.find((name) => name === last);
    if (choice === undefined) throw new UsageError(`must be one of {${choices.join(",")}}`);
    return choice;
  });
}

/** A whole number from 0 on. */
export function count(value: string, fallback: number, help: string, short?: string): Flag<number> {
  return valued(value, `${help} (default ${fallback})`, short, (given) => {
    const last = given.at(-1);
    if (last === undefined) return fallback;
    if (!/^\d{1,9}$/.test(last)) throw new UsageError("a whole number is wanted");
    return Number(last);
  });
}

/** A number that may have a fraction. */
export function decimal(value: string, help: string, short?: string): Flag<number> {
  return valued(value, help, short, (given) => {
    const last = given.at(-1) ?? "0";
    if (!/^\d{1,9}(\.\d{1,9})?$/.test(last)) throw new UsageError("a number is wanted");
    return Number(last);
  });
}

/** A Go duration (`1m30s`, `250ms`, `0`); the command gets milliseconds. */
export function duration(help: string, short?: string): Flag<number | undefined> {
  return valued("DURATION", help, short, (given) => {
    const last = given.at(-1);
    return last === undefined ? undefined : milliseconds(last);
  });
}

/** A flag of OPA's that makes no sense here or is not offered: giving it is an error that says why. */
export function refused(reason: string, short?: string): Flag<undefined> {
  const flag = {
    help: `not offered: ${reason}`,
    read: (given: readonly string[]) => {
      if (given.some((one) => one !== "false")) throw new UsageError(`not offered: ${reason}`);
      return undefined;
    },
  };
  return short === undefined ? flag : { ...flag, short };
}

/** A flag of OPA's that changes nothing here: it is taken, so that command lines written for OPA work. */
export function ignored(value: string | undefined, reason: string, short?: string): Flag<undefined> {
  const flag = { help: `without effect: ${reason}`, read: () => undefined };
  return {
    ...flag,
    ...(value === undefined ? {} : { value }),
    ...(short === undefined ? {} : { short }),
  };
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

function milliseconds(given: string): number {
  if (given === "0") return 0;
  const parts = [...given.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== given) {
    throw new UsageError("a duration such as 10s, 250ms or 1m30s is wanted");
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit as string] as number), 0);
}

function valued<V>(
  value: string,
  help: string,
  short: string | undefined,
  read: (given: readonly string[]) => V,
): Flag<V> {
  return short === undefined ? { value, help, read } : { value, help, read, short };
}
