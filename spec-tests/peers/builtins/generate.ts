import fc from "fast-check";
import { builtins, type Builtin } from "@portcullis/interpreter";
import type { Call, CallTable } from "./calls.ts";

type ArgumentType = Builtin["decl"]["args"][number];

/** Builtins whose results a generated call cannot compare: they depend on the moment, the machine or chance. */
const UNSTEADY: ReadonlySet<string> = new Set([
  "http.send",
  "net.lookup_ip_addr",
  "opa.runtime",
  "rand.intn",
  "time.now_ns",
  "uuid.rfc4122",
]);

/** Builtins whose results can be as long as a number says: they get the operands of the tables only. */
const GROWING: ReadonlySet<string> = new Set([
  "bits.lsh",
  "net.cidr_expand",
  "numbers.range",
  "numbers.range_step",
  "sprintf",
]);

/**
 * Tables of generated calls: each call takes a builtin of the table and, for each operand, one that another call of this
 * builtin has in that place, a value of the declared type, or any value at all.
 */
export function generatedTables(
  tables: readonly CallTable[],
  { runs, seed }: { readonly runs: number; readonly seed: number },
): readonly CallTable[] {
  const total = tables.reduce((sum, table) => sum + operandsByBuiltin(table).size, 0);
  return tables.map((table, i) => {
    const known = [...operandsByBuiltin(table)];
    const wanted = Math.ceil((runs * known.length) / total);
    const call = fc.constantFrom(...known).chain(([builtin, places]) =>
      fc.tuple(...places.map((texts, place) => operand(builtin, place, texts))).map((operands) => ({
        builtin,
        operands,
        text: `${builtin}(${operands.join(", ")})`,
      })),
    );
    const calls: readonly Call[] = fc.sample(call, { numRuns: wanted, seed: seed + i });
    const different = new Map(calls.map((each) => [each.text, each]));
    return { ...table, name: `generated from ${table.name}`, calls: [...different.values()] };
  });
}

/** What the calls of a table hand to each builtin, by place. */
function operandsByBuiltin(table: CallTable): ReadonlyMap<string, readonly (readonly string[])[]> {
  const found = new Map<string, string[][]>();
  for (const { builtin, operands } of table.calls) {
    if (!operands || operands.length === 0 || UNSTEADY.has(builtin)) continue;
    const places = found.get(builtin) ?? operands.map(() => []);
    operands.forEach((text, place) => places[place]?.push(text));
    found.set(builtin, places);
  }
  return found;
}

function operand(builtin: string, place: number, known: readonly string[]): fc.Arbitrary<string> {
  if (GROWING.has(builtin)) return fc.constantFrom(...known);
  const declared: ArgumentType | undefined = builtins.get(builtin)?.decl.args[place];
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...known) },
    { weight: 4, arbitrary: fc.constantFrom(...known).chain(changedText) },
    { weight: 3, arbitrary: declared ? ofType(declared, 2) : ANY_VALUE },
    { weight: 1, arbitrary: ANY_VALUE },
  );
}

/** A string literal with one character taken away, doubled, or replaced; other operands as they are. */
function changedText(literal: string): fc.Arbitrary<string> {
  if (!/^"(?:[^"\\]|\\["\\nt])*"$/.test(literal)) return fc.constant(literal);
  const characters = Array.from(JSON.parse(literal) as string);
  return fc
    .tuple(fc.nat(characters.length), fc.constantFrom("", ..." 0:-.,/%{}[]()*+aZé😀\n"), fc.boolean())
    .map(([at, put, removes]) => JSON.stringify(characters.toSpliced(at, removes ? 1 : 0, put).join("")));
}

const NUMBER = fc.oneof(
  fc.integer({ min: -4, max: 12 }).map(String),
  fc.constantFrom(
    "1.0",
    "0.5",
    "-2.50",
    "1e3",
    "1e-7",
    "9007199254740993",
    "18446744073709551616",
    "-0",
    "1700000000",
  ),
  fc.integer().map(String),
);
const TEXT = fc
  .oneof(
    fc.constantFrom(
      "",
      "a",
      "A",
      "añ",
      "😀",
      "0",
      "1.5",
      "a,b",
      "/a/0",
      "10.0.0.1",
      "x\ny",
      "{}",
      "null",
      "%d",
      "1h",
    ),
    fc.string({ unit: fc.constantFrom(..."ab1 .-/,é😀"), maxLength: 6 }),
  )
  .map((text) => JSON.stringify(text));
const SCALAR = fc.oneof(fc.constantFrom("null", "true", "false"), NUMBER, TEXT);
const ANY_VALUE: fc.Arbitrary<string> = fc.oneof(
  SCALAR,
  listOf(SCALAR).map((items) => `[${items.join(", ")}]`),
  listOf(SCALAR).map(setText),
  listOf(fc.tuple(TEXT, SCALAR)).map(objectText),
);

/** A literal of a declared type. Nesting ends where `depth` is used up. */
function ofType(type: ArgumentType, depth: number): fc.Arbitrary<string> {
  switch (type.type) {
    case "null":
      return fc.constant("null");
    case "boolean":
      return fc.constantFrom("true", "false");
    case "number":
      return NUMBER;
    case "string":
      return TEXT;
    case "any":
      return type.of
        ? fc.oneof(...type.of.map((each) => ofType(each, depth)))
        : depth > 0
          ? ANY_VALUE
          : SCALAR;
    case "array": {
      if (type.static && type.static.length > 0) {
        const positions = type.static.map((each) => ofType(each, depth - 1));
        return fc.tuple(...positions).map((items) => `[${items.join(", ")}]`);
      }
      const item = type.dynamic ? ofType(type.dynamic, depth - 1) : SCALAR;
      return listOf(item).map((items) => `[${items.join(", ")}]`);
    }
    case "set":
      return listOf(ofType(type.of, depth - 1)).map(setText);
    case "object": {
      const fixed = (type.static ?? []).map(({ key, value }) =>
        fc.tuple(fc.constant(JSON.stringify(key)), ofType(value, depth - 1)),
      );
      const { key, value } = type.dynamic ?? { key: type, value: type };
      const free = type.dynamic
        ? listOf(fc.tuple(ofType(key, depth - 1), ofType(value, depth - 1)))
        : fc.constant([]);
      return fc.tuple(fc.tuple(...fixed), free).map(([some, more]) => objectText([...some, ...more]));
    }
  }
}

function listOf<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { maxLength: 3 });
}

function setText(items: readonly string[]): string {
  return items.length === 0 ? "set()" : `{${items.join(", ")}}`;
}

/** OPA refuses an object with one key twice. */
function objectText(entries: readonly (readonly [string, string])[]): string {
  const members = new Map(entries);
  return `{${[...members].map(([key, value]) => `${key}: ${value}`).join(", ")}}`;
}
