/** How a flag reads its text, in the way of Go's `flag` package. */
export interface FlagType<T> {
  /** The value's name in the usage text; empty for flags that need none. */
  readonly placeholder: string;
  /** The value, or what is wrong with the text in Go's words. `earlier` is what the flag's last occurrence gave. */
  parse(text: string, earlier: T | undefined): T | FlagFault;
  /** A default as the usage text shows it; empty for Go's zero values. */
  show(value: T): string;
}

export interface FlagFault {
  readonly fault: string;
}

export interface Flag<T> {
  readonly type: FlagType<T>;
  readonly default: T;
  readonly help: string;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The value of each flag under its name. */
export type FlagValues<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T : never;
};

export type ParsedFlags<Table> =
  | { readonly ok: true; readonly values: FlagValues<Table>; readonly given: ReadonlySet<string> }
  | { readonly ok: false; readonly error: string }
  | { readonly ok: "help" };

const PARSE_ERROR: FlagFault = { fault: "parse error" };

export const text: FlagType<string> = {
  placeholder: "string",
  parse: (value) => value,
  show: (value) => (value === "" ? "" : JSON.stringify(value)),
};

/** A whole number of Go's `int`; its prefixes for other bases included. */
export const integer: FlagType<number> = {
  placeholder: "int",
  parse(value) {
    if (!/^[+-]?(?:0x[0-9a-f]+|0o[0-7]+|0b[01]+|\d+)$/i.test(value)) return PARSE_ERROR;
    const digits = value.replace(/^[+-]/, "");
    const octal = /^0\d+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
    if (!Number.isSafeInteger(octal)) return { fault: "value out of range" };
    return value.startsWith("-") ? -octal : octal;
  },
  show: (value) => (value === 0 ? "" : String(value)),
};

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((word) => [word, false] as const),
]);

/** A switch: the bare flag means true, a value needs `=`. */
export const boolean: FlagType<boolean> = {
  placeholder: "",
  parse: (value) => BOOLEANS.get(value) ?? PARSE_ERROR,
  show: (value) => (value ? "true" : ""),
};

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go's durations (`1h30m`, `-1.5s`, `0`), in milliseconds. */
export const duration: FlagType<number> = {
  placeholder: "duration",
  parse(value) {
    const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(value);
    if (!match) return PARSE_ERROR;
    let sum = 0;
    for (const [, amount, unit] of (match[2] as string).matchAll(/([\d.]+)([a-zµμ]+)/g)) {
      sum += Number(amount) * (UNIT_MS[unit as string] as number);
    }
    return match[1] === "-" ? -sum : sum;
  },
  show: (value) => (value === 0 ? "" : `${value / 1000}s`),
};

/** A flag that may come several times, each time with one value. */
export const repeated: FlagType<readonly string[]> = {
  placeholder: "value",
  parse: (value, earlier) => [...(earlier ?? []), value],
  show: () => "",
};

/** Several of the named words, separated by commas or given one by one; the first one drops the default. */
export function words<Word extends string>(
  known: readonly Word[],
  unknown: (word: string) => string,
  fold: (word: string) => string = (word) => word,
): FlagType<readonly Word[]> {
  return {
    placeholder: "value",
    parse(value, earlier) {
      const found: Word[] = [...(earlier ?? [])];
      for (const part of value.split(",")) {
        const word = known.find((each) => each === fold(part));
        if (word === undefined) return { fault: unknown(part) };
        if (!found.includes(word)) found.push(word);
      }
      return found;
    },
    show: (value) => value.join(","),
  };
}

/**
 * Reads a command line as Go's `flag` package does: `-x v`, `--x v`, `-x=v`; the first argument that is no flag, or `--`,
 * ends the flags, and what follows is left alone. Errors have Go's words.
 */
export function parseGoFlags<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
): ParsedFlags<Table> {
  const flags = new Map<string, Flag<unknown>>(Object.entries(table));
  const values = new Map<string, unknown>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg.length < 2 || !arg.startsWith("-") || arg === "--") break;
    const body = arg.replace(/^--?/, "");
    const [, name, given] = /^([^=]+)(?:=([\s\S]*))?$/.exec(body) ?? [];
    if (name === undefined || name.startsWith("-")) return { ok: false, error: `bad flag syntax: ${arg}` };
    const flag = flags.get(name);
    if (!flag) {
      if (name === "help" || name === "h") return { ok: "help" };
      return { ok: false, error: `flag provided but not defined: -${name}` };
    }
    const isSwitch = flag.type.placeholder === "";
    const value = given ?? (isSwitch ? "true" : args[++i]);
    if (value === undefined) return { ok: false, error: `flag needs an argument: -${name}` };
    const parsed = flag.type.parse(value, values.get(name));
    if (isFault(parsed)) {
      const quoted = JSON.stringify(value);
      const error = isSwitch
        ? `invalid boolean value ${quoted} for -${name}: ${parsed.fault}`
        : `invalid value ${quoted} for flag -${name}: ${parsed.fault}`;
      return { ok: false, error };
    }
    values.set(name, parsed);
  }
  const all = [...flags].map(([name, flag]) => [name, values.has(name) ? values.get(name) : flag.default]);
  return {
    ok: true,
    values: Object.fromEntries(all) as FlagValues<Table>,
    given: new Set(values.keys()),
  };
}

/** The usage text, as Go prints it. */
export function usage(table: FlagTable): string {
  return Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => {
      const head = `  -${name} ${flag.type.placeholder}`.trimEnd();
      const shown = flag.type.show(flag.default);
      return `${head}\n    \t${flag.help}${shown === "" ? "" : ` (default ${shown})`}\n`;
    })
    .join("");
}

function isFault(parsed: unknown): parsed is FlagFault {
  return typeof parsed === "object" && parsed !== null && "fault" in parsed;
}
