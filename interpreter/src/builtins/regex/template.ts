import { BuiltinError } from "../builtin.ts";
import { quoteText } from "../../value/quote.ts";

/**
 * Turns a template (`urn:foo:{.*}`) into the regular expression that matches it as a whole: what stands between
 * delimiters is a pattern, the rest plain text. Throws {@link BuiltinError} for delimiters without a partner.
 */
export function templatePattern(
  template: string,
  open: string,
  close: string,
  checkPart: (pattern: string) => void,
): string {
  let pattern = "^";
  let end = 0;
  for (const [from, to] of delimitedSpans(template, open, close)) {
    const part = template.slice(from + 1, to - 1);
    pattern += `${quoteMeta(template.slice(end, from))}(${part})`;
    // Each part must be a pattern by itself: `{a)(b}` must not slip through.
    checkPart(`^${part}$`);
    end = to;
  }
  return `${pattern}${quoteMeta(template.slice(end))}$`;
}

/** Spans of the outermost delimiters, delimiters included. */
function delimitedSpans(
  template: string,
  open: string,
  close: string,
): readonly (readonly [number, number])[] {
  const spans: (readonly [number, number])[] = [];
  let level = 0;
  let from = 0;
  for (let i = 0; i < template.length; i++) {
    const char = template[i];
    if (char === open) {
      if (++level === 1) from = i;
    } else if (char === close) {
      if (--level === 0) spans.push([from, i + 1]);
      else if (level < 0) break;
    }
  }
  if (level !== 0) throw new BuiltinError(`unbalanced braces in ${quoteText(template)}`);
  return spans;
}

function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
