import type { BuiltinContext } from "../builtin.ts";
import { bytesOf, byteUnits, textOf } from "./bytes.ts";

/**
 * Go's `strings.NewReplacer`: replaces several texts in one pass from left to right, never looking at what was put in.
 * Where several match at one place, the first pair wins. An empty old text stands before each byte and at the end, within
 * characters too.
 */
export function replaceMany(
  text: string,
  pairs: readonly (readonly [old: string, replacement: string])[],
  context: BuiltinContext,
): string {
  if (pairs.every(([old]) => old !== "") || isAscii(text)) return replaceUnits(text, pairs, context);
  const bytewise = pairs.map(([old, replacement]) => [byteUnits(old), replacement] as const);
  return textOf(bytesOf(replaceUnits(byteUnits(text), bytewise, context)));
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(text);
}

/** The same with an empty old text before each UTF-16 unit, or pair of surrogates. */
function replaceUnits(
  text: string,
  pairs: readonly (readonly [old: string, replacement: string])[],
  context: BuiltinContext,
): string {
  const byFirstUnit = new Map<number, (readonly [string, string])[]>();
  let forEmpty: string | undefined;
  let emptyRank = Number.POSITIVE_INFINITY;
  pairs.forEach((pair, rank) => {
    const [old, replacement] = pair;
    if (old === "") {
      forEmpty = replacement;
      emptyRank = rank;
      return;
    }
    // A pair behind the empty one wins only where the empty one has just matched.
    const unit = old.charCodeAt(0);
    const candidates = byFirstUnit.get(unit);
    if (candidates) candidates.push(pair);
    else byFirstUnit.set(unit, [pair]);
  });

  let result = "";
  let copied = 0;
  let afterEmpty = false;
  for (let at = 0; at <= text.length;) {
    const candidates = at < text.length ? byFirstUnit.get(text.charCodeAt(at)) : undefined;
    if (candidates) context.charge(candidates.length);
    const match = candidates?.find(([old]) => text.startsWith(old, at));
    if (forEmpty !== undefined && !afterEmpty && (match === undefined || emptyRank === 0)) {
      result += text.slice(copied, at) + forEmpty;
      copied = at;
      afterEmpty = true;
      context.charge(1);
      context.checkText(result.length);
      continue;
    }
    afterEmpty = false;
    if (match) {
      result += text.slice(copied, at) + match[1];
      at += match[0].length;
      copied = at;
      context.charge(1);
      context.checkText(result.length);
    } else at += isPair(text, at) ? 2 : 1;
  }
  return result + text.slice(copied);
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
