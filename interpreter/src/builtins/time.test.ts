import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("times", () => {
  it.each([
    ["time.format(1670006453141828752)", '"2022-12-02T18:40:53.141828752Z"'],
    ['time.format([1670006453141828752, "Asia/Kolkata", "RFC1123Z"])', '"Sat, 03 Dec 2022 00:10:53 +0530"'],
    [
      'time.format([1670006453141828752, "America/New_York", "Mon Jan _2 3:04:05.000PM MST -07:00 __2 06"])',
      '"Fri Dec  2 1:40:53.141PM EST -05:00 336 22"',
    ],
    ['time.format([0, "Foo"])', "eval_builtin_error: time.format: unknown time zone Foo"],
    ['time.format([0, "../x"])', "eval_builtin_error: time.format: time: invalid location name"],
    ['time.format([0, "UTC", "Janet _2006 .00x"])', '"Janet _1970 .00x"'],
    ['time.parse_ns("RFC3339", "2262-04-11T23:47:16.854775807Z")', "9223372036854775807"],
    [
      'time.parse_ns("RFC3339", "2262-04-11T23:47:16.854775808Z")',
      "eval_builtin_error: time.parse_ns: time outside of valid range",
    ],
    [
      'time.parse_ns("2006-01-02", "2020-02-30")',
      'eval_builtin_error: time.parse_ns: parsing time "2020-02-30": day out of range',
    ],
    [
      'time.parse_ns("2006-01-02", "2020-1-02")',
      'eval_builtin_error: time.parse_ns: parsing time "2020-1-02" as "2006-01-02": cannot parse "1-02" as "01"',
    ],
    ['time.parse_ns("RFC822", "02 Jan 06 15:04 GMT+3")', "1136214240000000000"],
    ['time.parse_ns("2006 002", "2020 366")', "1609372800000000000"],
    ['time.parse_ns("3:04PM", "12:06AM")', "eval_builtin_error: time.parse_ns: time outside of valid range"],
    [
      'time.parse_ns("x", "xé")',
      'eval_builtin_error: time.parse_ns: parsing time "x\\xc3\\xa9": extra text: "\\xc3\\xa9"',
    ],
    ['time.parse_rfc3339_ns("1677-09-21T00:12:43.145224192-00:00")', "-9223372036854775808"],
    ['time.date([1517814000000000000, "America/Los_Angeles"])', "[2018, 2, 4]"],
    ["time.clock(1e22)", "eval_builtin_error: time.clock: timestamp too big"],
    [
      "time.clock(data.bad)",
      "eval_type_error: time.clock: operand 1 must be either number (ns) or [number (ns), string (tz)] but got string",
    ],
    ["time.weekday(1517832000000000000)", '"Monday"'],
    ["time.add_date(1709164800000000000, 1, 0, 0)", "1740787200000000000"],
    [
      "time.add_date(-9223372036854775808, 0, 0, -1)",
      "eval_builtin_error: time.add_date: time outside of valid range",
    ],
    ["time.diff(1577836800000000000, 1583020800000000000)", "[0, 2, 0, 0, 0, 0]"],
    ['time.diff([1656000000000000000, "America/New_York"], 0)', "[52, 5, 22, 17, 0, 0]"],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});

describe("durations", () => {
  it.each([
    ['time.parse_duration_ns("1d2h30m")', "95400000000000"],
    ['time.parse_duration_ns("-1.5y")', "-47304000000000000"],
    ['time.parse_duration_ns("1.000000001s")', "1000000001"],
    [
      'time.parse_duration_ns("9223372036854775808ns")',
      'eval_builtin_error: time.parse_duration_ns: time: invalid duration "9223372036854775808ns"',
    ],
    [
      'time.parse_duration_ns("1d2x")',
      'eval_builtin_error: time.parse_duration_ns: time: unknown unit "x" in duration "1d2x"',
    ],
    [
      'time.parse_duration_ns("1x")',
      'eval_builtin_error: time.parse_duration_ns: time: unknown unit "x" in duration "1x"',
    ],
    [
      'time.parse_duration_ns("1")',
      'eval_builtin_error: time.parse_duration_ns: time: missing unit in duration "1"',
    ],
    ['time.parse_duration_ns("")', 'eval_builtin_error: time.parse_duration_ns: time: invalid duration ""'],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});
