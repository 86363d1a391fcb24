const ESCAPES = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
]);

/** The text of a Go literal in double or single quotes; undefined for a bad escape. */
export function unquoteGo(literal: string): string | undefined {
  let good = true;
  const text = literal
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]?))/g,
      (_, x, u, U, o, simple) => {
        const code = x ?? u ?? U;
        if (code !== undefined) {
          const point = Number.parseInt(code as string, 16);
          good &&= point <= 0x10ffff;
          return point <= 0x10ffff ? String.fromCodePoint(point) : "";
        }
        if (o !== undefined) return String.fromCharCode(Number.parseInt(o as string, 8));
        const meaning = ESCAPES.get(simple as string);
        good &&= meaning !== undefined;
        return meaning ?? "";
      },
    );
  return good ? text : undefined;
}

/** The value of a Go integer literal (`12`, `0x1F`, `0b1`, `0o7`, `1_000`), or undefined. */
export function integerOfGo(literal: string): bigint | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)$/.exec(literal);
  if (!match) return undefined;
  let digits = (match[2] as string).replaceAll("_", "").toLowerCase();
  if (/^0[0-7]/.test(digits)) digits = `0o${digits.slice(1)}`;
  const value = BigInt(digits);
  return match[1] === "-" ? -value : value;
}
