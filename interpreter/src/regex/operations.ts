import type { GroupNames } from "./group-names.ts";
import type { MatchBounds, Regex } from "./regex.ts";

/** The pieces of `text` between the matches of `regex`, as Go's `Split` with limit -1 gives them. */
export function splitBy(regex: Regex, pattern: string, text: string): readonly string[] {
  if (pattern.length > 0 && text.length === 0) return [""];
  const pieces: string[] = [];
  let begin = 0;
  let end = 0;
  for (const match of regex.findAll(text, -1)) {
    end = match[0] as number;
    if (match[1] !== 0) pieces.push(text.slice(begin, end));
    begin = match[1] as number;
  }
  if (end !== text.length) pieces.push(text.slice(begin));
  return pieces;
}

/** `text` with every match replaced by the template, in which `$1`, `${1}`, `$name` and `${name}` stand for groups. `onLength` hears how long the result is getting. */
export function replaceAll(
  regex: Regex,
  text: string,
  template: string,
  onLength: (length: number) => void,
): string {
  const parts = parseTemplate(template);
  let result = "";
  let done = 0;
  for (const match of regex.findAll(text, -1)) {
    result += text.slice(done, match[0]);
    for (const part of parts) {
      const piece = typeof part === "string" ? part : groupText(part.group, regex.groups, text, match);
      onLength(result.length + piece.length);
      result += piece;
    }
    done = match[1] as number;
  }
  return result + text.slice(done);
}

/** The text of group `number`, empty where it took no part in the match. */
export function matchedText(text: string, match: MatchBounds, number: number): string {
  const start = match[2 * number] ?? -1;
  return start < 0 ? "" : text.slice(start, match[2 * number + 1]);
}

type TemplatePart = string | { readonly group: string };

/** Splits a template at its references. A `$` that begins none stands for itself. */
function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let rest = template;
  for (let at = rest.indexOf("$"); at >= 0; at = rest.indexOf("$")) {
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
    // The longest run of letters, digits and underscores is the name: `$1x` is the group named `1x`.
    const reference = /^\$(?:\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u.exec(rest);
    if (reference) {
      parts.push({ group: (reference[1] ?? reference[2]) as string });
      rest = rest.slice(reference[0].length);
    } else {
      parts.push("$");
      rest = rest.slice(rest.startsWith("$$") ? 2 : 1);
    }
  }
  parts.push(rest);
  return parts;
}

function groupText(group: string, names: GroupNames, text: string, match: MatchBounds): string {
  if (/^(0|[1-9][0-9]*)$/.test(group) && group.length < 9) return matchedText(text, match, Number(group));
  const number = names.get(group)?.find((candidate) => (match[2 * candidate] ?? -1) >= 0);
  return number === undefined ? "" : matchedText(text, match, number);
}
