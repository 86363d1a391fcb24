/**
 * Go's `strings.NewReplacer`: replaces several texts in one pass from left to right, never looking at what was put in.
 * Where several match at one place, the first pair wins. An empty old text stands before each character and at the end.
 * `charge` is told about the work, in units of the evaluation budget.
 */
export function replaceMany(
  text: string,
  pairs: readonly (readonly [old: string, replacement: string])[],
  charge: (units: number) => void,
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
    charge(candidates ? candidates.length : 0);
    const match = candidates?.find(([old]) => text.startsWith(old, at));
    if (forEmpty !== undefined && !afterEmpty && (match === undefined || emptyRank === 0)) {
      result += text.slice(copied, at) + forEmpty;
      copied = at;
      afterEmpty = true;
      charge(1);
      continue;
    }
    afterEmpty = false;
    if (match) {
      result += text.slice(copied, at) + match[1];
      at += match[0].length;
      copied = at;
      charge(1 + (match[1].length >> 6));
    } else at += isPair(text, at) ? 2 : 1;
  }
  return result + text.slice(copied);
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
