import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseQuery, parseTerm, type RegoVersion } from "@portcullis/interpreter";

/** One call of a builtin, as Rego text. */
export interface Call {
  /** The builtin, `time.format`; or the text of an expression that is no plain call. */
  readonly builtin: string;
  /** Operands as Rego text; undefined for an expression that is evaluated as it stands. */
  readonly operands: readonly string[] | undefined;
  /** The whole line. */
  readonly text: string;
}

/** Calls that share constants: they go into one module. */
export interface CallTable {
  readonly name: string;
  readonly version: RegoVersion;
  /** Rules of the module that calls name, such as `cert := "…"`. */
  readonly constants: readonly string[];
  readonly calls: readonly Call[];
}

const FOLDER = join(import.meta.dirname, "cases");

/**
 * The tables in `cases/`: a call a line. `cross f([a, b], [c, d])` stands for the four calls of `f` with an operand of each
 * array. A line `let NAME := TERM` gives a constant to the table; `#` begins a comment; `*.v0.calls` are Rego v0
 * (deprecated builtins).
 */
export function readCallTables(): readonly CallTable[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".calls"))
    .toSorted()
    .map((file) => callTable(file.replace(/\.calls$/, ""), readFileSync(join(FOLDER, file), "utf8")));
}

function callTable(name: string, text: string): CallTable {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const version = name.endsWith(".v0") ? "v0" : "v1";
  return {
    name,
    version,
    constants: lines.filter((line) => line.startsWith("let ")).map((line) => line.slice("let ".length)),
    calls: lines
      .filter((line) => !line.startsWith("let "))
      .flatMap((line) =>
        line.startsWith("cross ")
          ? crossedCalls(line.slice("cross ".length), version)
          : [readCall(line, version)],
      ),
  };
}

/** `f([a, b], [c, d])` as four calls. */
function crossedCalls(text: string, version: RegoVersion): readonly Call[] {
  const { builtin, operands = [] } = readCall(text, version);
  let lists: readonly (readonly string[])[] = [[]];
  for (const operand of operands) {
    const parsed = parseTerm(operand, version);
    if (!parsed.ok || parsed.term.kind !== "array") throw new Error(`wants arrays: ${text}`);
    const choices = parsed.term.items.map((element) => element.location.text);
    lists = lists.flatMap((list) => choices.map((choice) => [...list, choice]));
  }
  return lists.map((list) => ({ builtin, operands: list, text: `${builtin}(${list.join(", ")})` }));
}

/** Takes a call apart into builtin and operands. Throws on what is no Rego: the table is wrong then. */
export function readCall(text: string, version: RegoVersion): Call {
  const parsed = parseQuery(text, version);
  if (!parsed.ok) throw new Error(`no Rego: ${text}: ${parsed.errors[0]?.message}`);
  const [expression] = parsed.body;
  const terms = expression?.terms;
  if (terms?.kind !== "call" || terms.infix || expression?.with.length !== 0)
    return { builtin: text, operands: undefined, text };
  return {
    builtin: text.slice(0, text.indexOf("(")).trim(),
    operands: terms.args.map((operand) => operand.location.text),
    text,
  };
}
