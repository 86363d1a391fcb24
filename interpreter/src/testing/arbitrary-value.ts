import fc from "fast-check";
import { numberFromText } from "../value/number.ts";
import { ObjectBuilder } from "../value/object.ts";
import { RegoSet } from "../value/set.ts";
import type { RegoNumber, Value } from "../value/value.ts";

const text = fc.oneof(
  fc.constantFrom("", "a", "b", "__proto__", "constructor", "10", "9", "\u{1f600}", "\uffff"),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);

/** Numbers of all spellings, many of them equal. */
export const arbitraryNumber: fc.Arbitrary<RegoNumber> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc
    .constantFrom(
      "1.0",
      "1e0",
      "10e-1",
      "-0",
      "0.10",
      "0.1",
      "1e400",
      "1e399",
      "1e-400",
      "9007199254740993",
      "9007199254740992",
    )
    .map(numberFromText),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => numberFromText(String(n))),
);

/** Values of every kind, small enough that equal ones turn up. */
export const arbitraryValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom<Value>(null, true, false),
    arbitraryNumber,
    text,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(tie("value"), { maxLength: 3 }).map((elements) => new RegoSet(elements)),
    fc.array(fc.tuple(fc.oneof(text, tie("value")), tie("value")), { maxLength: 3 }).map((entries) => {
      const builder = new ObjectBuilder();
      for (const [key, value] of entries) builder.set(key, value);
      return builder.build();
    }),
  ),
})).value;
