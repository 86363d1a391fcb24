import {
  createRego,
  parseJson,
  parseModule,
  parseQuery,
  parseTerm,
  parseValue,
  writeJson,
  type RegoError,
} from "@portcullis/interpreter";
import { formatSource } from "../../interpreter/src/syntax/fmt.ts";
import { Suspension } from "../../interpreter/src/topdown/suspend.ts";
import { sourceShape } from "../properties/source-shape.ts";
import type { CorpusText } from "./corpus.ts";

/** What a text came to: how often each says how deep a campaign reaches. */
export type Verdict = "refused by the parser" | "refused by the compiler" | "compiled" | "JSON" | "no JSON";

const BUDGET = { steps: 20_000, elements: 20_000 } as const;

/** Parses, compiles and evaluates a text as a module. Throws where that neither gives a result nor a diagnostic. */
export function checkPolicy({ source, version }: CorpusText): Verdict {
  const rego = createRego({ modules: [{ name: "fuzz.rego", source, version }] });
  checkErrors(rego.errors);
  if (rego.errors.length > 0) {
    return rego.errors.every(({ code }) => code === "rego_parse_error")
      ? "refused by the parser"
      : "refused by the compiler";
  }
  const prepared = rego.prepareRule([]);
  checkErrors(prepared.errors);
  try {
    checkErrors(prepared.eval({ input: { xs: [1, 2], s: "a" }, budget: BUDGET }).errors);
  } catch (question) {
    // A policy that asks the host something stops here: nobody answers.
    if (!(question instanceof Suspension)) throw question;
  }
  checkLayout({ source, version });
  return "compiled";
}

/** Formatting keeps the module, and a second time it changes nothing. */
function checkLayout({ source, version }: CorpusText): void {
  const formatted = formatSource({ name: "fuzz.rego", source, version });
  if (!formatted.ok) throw new Error("a module that parses is not formatted");
  const again = formatSource({ name: "fuzz.rego", source: formatted.text, version });
  if (!again.ok) throw new Error("what is formatted does not parse");
  if (shapeOf({ source, version }) !== shapeOf({ source: formatted.text, version }))
    throw new Error("formatting changes the module");
  if (again.text !== formatted.text) throw new Error("formatting is not idempotent");
}

function shapeOf({ source, version }: CorpusText): string | undefined {
  const parsed = parseModule({ name: "fuzz.rego", source, version });
  return parsed.ok ? JSON.stringify(sourceShape(parsed.module)) : undefined;
}

/** The same for the smaller doors: a query, a term, a value. */
export function checkFragment({ source, version }: CorpusText): void {
  for (const parsed of [parseQuery(source, version), parseTerm(source, version), parseValue(source)]) {
    if (!parsed.ok) checkErrors(parsed.errors);
  }
}

/** Reads a text as JSON: as `JSON.parse` does, and what is read is written and read again. */
export function checkJson(text: string): Verdict {
  const parsed = parseJson(text);
  if (parsed.ok !== isJson(text)) {
    throw new Error(
      parsed.ok
        ? "JSON.parse refuses what is read"
        : `JSON.parse reads what is refused: ${parsed.error.message}`,
    );
  }
  if (!parsed.ok) {
    if (parsed.error.message === "") throw new Error("an error without a message");
    return "no JSON";
  }
  const written = writeJson(parsed.value);
  const again = parseJson(written);
  if (!again.ok) throw new Error(`what is written is not read: ${again.error.message}`);
  if (writeJson(again.value) !== written) throw new Error("what is written reads as something else");
  return "JSON";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function checkErrors(errors: readonly RegoError[]): void {
  for (const { message, code } of errors) {
    if (message === "") throw new Error(`${code} without a message`);
    if (code === "eval_internal_error") throw new Error(`internal error: ${message}`);
  }
}
