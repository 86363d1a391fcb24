import type { Choices } from "../differential/generate/choices.ts";

/** Words of the language and texts that have hurt parsers. */
const WORDS: readonly string[] = [
  ..."package import default not with as some every in if contains else true false null and or input data set()".split(
    " ",
  ),
  ...'{ } [ ] ( ) , ; : := = == != < <= > >= + - * / % & | . _ # ` " \' \\ $" $` \n \t \r {} [] () :: .. .[ [_] ${ {{ }}'.split(
    " ",
  ),
  "0",
  "1e9",
  "-1",
  "1.",
  ".5",
  "0x1",
  "1e",
  "9007199254740993",
  "1e999999999",
  "00",
  "1_0",
  '"\\u12"',
  '"\\ud800"',
  '"\\x"',
  "\u0000",
  "\u2028",
  "\ufeff",
  "\ud800",
  "😀",
  "é",
  "\u00a0",
  "import rego.v1\n",
  "import future.keywords\n",
  "# METADATA\n# title: x\n",
  "# METADATA\n# scope: [\n",
];

/** Words, numbers, strings, marks and spaces: near enough to tokens, and defined for every text. */
const TOKEN = /\w+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*|[^\S\n]+|:=|[=!<>]=|[^]/gu;

/** One to six changes of a text's tokens; `other` is what tokens are borrowed from. */
export function mutateTokens(c: Choices, text: string, other: string): string {
  const tokens = text.match(TOKEN) ?? [];
  const borrowed = other.match(TOKEN) ?? [""];
  for (let change = c.below(6); change >= 0; change--) changeList(c, tokens, borrowed);
  return tokens.join("");
}

function changeList(c: Choices, tokens: string[], borrowed: readonly string[]): void {
  const at = c.below(tokens.length + 1);
  const length = 1 + c.below(c.below(5) === 0 ? 12 : 3);
  switch (c.below(9)) {
    case 0:
      tokens.splice(at, length);
      break;
    case 1:
      tokens.splice(at, 0, ...tokens.slice(at, at + length));
      break;
    case 2:
      tokens.splice(at, 0, c.pick(WORDS));
      break;
    case 3:
      tokens.splice(at, 1, c.pick(WORDS));
      break;
    case 4:
      tokens.splice(at, 1, c.pick(borrowed));
      break;
    case 5: {
      const from = c.below(borrowed.length);
      tokens.splice(at, length, ...borrowed.slice(from, from + 1 + c.below(30)));
      break;
    }
    case 6: {
      const to = c.below(tokens.length + 1);
      tokens.splice(to, 0, ...tokens.splice(at, length));
      break;
    }
    case 7:
      tokens.splice(at, length, ...tokens.slice(at, at + length).reverse());
      break;
    default:
      tokens.splice(at, 0, ...Array.from({ length: 1 + c.below(60) }, () => tokens[at] ?? "("));
  }
}

/** One to six changes of a text's bytes, which need not be UTF-8 afterwards. */
export function mutateBytes(c: Choices, text: string): string {
  const bytes = [...Buffer.from(text)];
  for (let change = c.below(6); change >= 0; change--) {
    const at = c.below(bytes.length + 1);
    switch (c.below(5)) {
      case 0:
        bytes.splice(at, 1 + c.below(4));
        break;
      case 1:
        bytes.splice(at, 0, c.below(256));
        break;
      case 2:
        bytes.splice(at, 1, c.below(256));
        break;
      case 3:
        bytes.splice(at, 1, (bytes[at] ?? 0) ^ (1 << c.below(8)));
        break;
      default:
        bytes.splice(at);
    }
  }
  return Buffer.from(bytes).toString();
}
