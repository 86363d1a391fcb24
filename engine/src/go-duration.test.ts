import { expect, it } from "vitest";
import { goDuration } from "./go-duration.ts";

it.each([
  [0, "0s"],
  [950, "950ns"],
  [1_500, "1.5µs"],
  [12_500_000, "12.5ms"],
  [181_043_324, "181.043324ms"],
  [999_999_999.7, "1s"],
  [3.25e9, "3.25s"],
  [59_999_999_999.6, "1m0s"],
  [62.5e9, "1m2.5s"],
  [3600e9, "1h0m0s"],
  [90_061.000000001 * 1e9, "25h1m1.000000001s"],
])("%d nanoseconds are %s", (nanoseconds, text) => expect(goDuration(nanoseconds)).toBe(text));
