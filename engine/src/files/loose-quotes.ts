import { Lexer, parseAllDocuments } from "yaml";
import type { Document, YAMLParseError } from "yaml";

/** The documents of a YAML text, and the way from the offsets of their nodes back to the text. */
export interface ParsedYaml {
  readonly documents: readonly Document.Parsed[];
  readonly toOriginal: (offset: number) => number;
  /** Where an error belongs in the text: of a quote that is never closed, the quote. */
  readonly placeOf: (error: YAMLParseError) => number;
}

// Each round mends one text; a file with more of them than this was not written by people.
const MAX_REPAIRS = 100;

/**
 * Parses a YAML text as Kubernetes' own parser does where the library is stricter: the later lines of a quoted text may
 * start anywhere, while YAML 1.2 asks for an indentation deeper than the key's. Such lines are indented and the text is
 * parsed again; their indentation is no part of the value. Scalars stay text.
 */
export function parseLooseYaml(text: string): ParsedYaml {
  let current = text;
  let toOriginal = (offset: number): number => offset;
  for (let round = 0; ; round++) {
    const documents = parse(current);
    const open = documents.flatMap((document) => document.errors).find(isOpenQuote);
    const mended = open && round < MAX_REPAIRS ? indentQuotedText(current, open.pos[0]) : undefined;
    if (!mended) {
      const parsedText = current;
      const back = toOriginal;
      const placeOf = (error: YAMLParseError): number => {
        const [end] = error.pos;
        return back((isOpenQuote(error) ? quotedTokenEndingAt(parsedText, end) : undefined) ?? end);
      };
      return { documents, toOriginal, placeOf };
    }
    const outer = toOriginal;
    toOriginal = (offset) => outer(mended.toOriginal(offset));
    current = mended.text;
  }
}

function isOpenQuote({ code, message }: YAMLParseError): boolean {
  return code === "MISSING_CHAR" && message.startsWith("Missing closing ");
}

function parse(text: string): readonly Document.Parsed[] {
  return parseAllDocuments(text, {
    schema: "failsafe",
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
}

interface Mended {
  readonly text: string;
  readonly toOriginal: (offset: number) => number;
}

/** Indents the later lines of the quoted text that the parser gave up at `end`; undefined when it has no closing quote. */
function indentQuotedText(text: string, end: number): Mended | undefined {
  const start = quotedTokenEndingAt(text, end);
  if (start === undefined) return undefined;
  const close = closingQuote(text, start);
  if (close === undefined) return undefined;
  const padding = " ".repeat(start - text.lastIndexOf("\n", start));
  const inserted: number[] = [];
  let mended = text.slice(0, start);
  let from = start;
  for (let at = text.indexOf("\n", start); at !== -1 && at < close; at = text.indexOf("\n", at + 1)) {
    mended += text.slice(from, at + 1) + padding;
    inserted.push(at + 1);
    from = at + 1;
  }
  if (inserted.length === 0) return undefined;
  const toOriginal = (offset: number): number => {
    let shift = 0;
    for (const place of inserted) {
      if (offset < place + shift + padding.length) return offset < place + shift ? offset - shift : place;
      shift += padding.length;
    }
    return offset - shift;
  };
  return { text: mended + text.slice(from), toOriginal };
}

/** The start of the quoted token that ends at an offset. */
function quotedTokenEndingAt(text: string, end: number): number | undefined {
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    // Marks of the lexer's own, which stand for no text.
    if (lexeme === "\u0002" || lexeme === "\u0018" || lexeme === "\u001f") continue;
    if (offset > end) return undefined;
    const isQuoted = lexeme.startsWith('"') || lexeme.startsWith("'");
    if (isQuoted && offset + lexeme.length === end) return offset;
    offset += lexeme.length;
  }
  return undefined;
}

function closingQuote(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === "\\" && quote === '"') at++;
    else if (character === quote) {
      if (quote === '"' || text[at + 1] !== "'") return at;
      at++;
    }
  }
  return undefined;
}
