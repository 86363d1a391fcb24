import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself, that is by Go's fmt.
describe("sprintf", () => {
  it.each([
    ["%v %v", '["a", ["a"]]', 'a ["a"]'],
    ["%v %v %v", "[true, null, {1, 2}]", "true null {1, 2}"],
    ["%T %T %T %T %T", '[1, 1.0, 123456789012345678901, 2e308, "a"]', "int64 float64 *big.Int string string"],
    ["%v %v %v", "[1234567.5, 1e3, 2e308]", "1.2345675e+06 1000 2e308"],
    ["%d %d", "[1.0, true]", "%!d(float64=1) %!d(string=true)"],
    ["%s %s", "[5, 123456789123456789123]", "%!s(int64=5) 123456789123456789123"],
    ["%d", "[]", "%!d(MISSING)"],
    ["a", '[1, "x"]', "a%!(EXTRA int64=1, string=x)"],
    ["%z %", "[1]", "%!z(int64=1) %!(NOVERB)"],
    ["%[2]d %[1]d %[3]d", "[1, 2]", "2 1 %!d(BADINDEX)"],
    [
      "%05d|%-5d|%+d|% d|%x|%#X|%o|%#b|%c|%U",
      "[42, 42, 42, 42, 255, 255, 8, 5, 65, 8364]",
      "00042|42   |+42| 42|ff|0XFF|10|0b101|A|U+20AC",
    ],
    [
      "%.2f|%8.3f|%e|%g|%.3g|%+.1e",
      "[3.14159, 2.5, 1234.5, 0.00001, 1234.5, 12345.0]",
      "3.14|   2.500|1.234500e+03|1e-05|1.23e+03|+1.2e+04",
    ],
    [
      "%6.2f|%-8v|%08.3f|%q|%x|% x|%.2s",
      '[1.5, "ab", -3.14159, "a\\"b", "hi", "hi", "héllo"]',
      '  1.50|ab      |-003.142|"a\\"b"|6869|68 69|hé',
    ],
    ["%*d|%-*d|%.*f", "[5, 1, 5, 1, 2, 1.005]", "    1|1    |1.00"],
    ["%5t|%t", "[true, 1]", "%!t(string= true)|%!t(int64=1)"],
    ["%.0f %.0f %.0f", "[0.5, 1.5, 2.5]", "0 2 2"],
    ["%x %b", "[1.5, 1.5]", "0x1.8p+00 6755399441055744p-52"],
    ["%#v %#q %+q", '["a", "a", "é"]', '"a" `a` "\\u00e9"'],
    ["%é", "[1]", "%!é(int64=1)"],
    ["100%%", "[]", "100%"],
    ["%. %.", "[1, 2]", "%! (int64=1)%!.(int64=2)"],
    ["%10000010d", "[1]", "%!(NOVERB)%!(EXTRA int64=1)"],
  ])("%j of %s", (format, args, wanted) => {
    expect(outcome(`sprintf(${JSON.stringify(format)}, ${args})`)).toBe(outcome(JSON.stringify(wanted)));
  });
});
