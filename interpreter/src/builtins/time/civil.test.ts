import fc from "fast-check";
import { expect, it } from "vitest";
import { civilFromNs, civilToNs, dayOfYear, daysInMonth, weekday } from "./civil.ts";

it("reads what it writes, for every moment of an int64", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (ns) => {
      expect(civilToNs(civilFromNs(ns))).toBe(ns);
    }),
  );
});

it("agrees with the calendar of JavaScript", () => {
  fc.assert(
    fc.property(fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }), (ms) => {
      const date = new Date(ms);
      const civil = civilFromNs(BigInt(ms) * 1_000_000n);
      expect([civil.year, civil.month, civil.day, civil.hour, weekday(civil)]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCDay(),
      ]);
    }),
  );
});

it("knows leap years", () => {
  expect([1900, 2000, 2023, 2024].map((year) => daysInMonth(year, 2))).toEqual([28, 29, 28, 29]);
  expect(dayOfYear(civilFromNs(1_735_603_200_000_000_000n))).toBe(366);
});
