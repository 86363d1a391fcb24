import fc from "fast-check";
import { expect, it } from "vitest";
import { RE2JS } from "re2js";
import { literalTest } from "./literal.ts";

it("answers for plain text patterns as the engine does", () => {
  const literal = fc.string({ unit: fc.constantFrom("a", "b", "-", "/", " "), minLength: 1, maxLength: 3 });
  const pattern = fc
    .tuple(fc.constantFrom("", "^"), literal, fc.constantFrom("", "$"))
    .map((parts) => parts.join(""));
  const text = fc.string({ unit: fc.constantFrom("a", "b", "-", "/", " ", "\n"), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      expect(literalTest(source)?.(subject)).toBe(RE2JS.compile(source).test(subject));
    }),
  );
});

it.each(["a.", "a|b", "(a)", "a*", "\\d", "é", "", "^", "[a]"])("leaves %s to the engine", (pattern) => {
  expect(literalTest(pattern)).toBeUndefined();
});
