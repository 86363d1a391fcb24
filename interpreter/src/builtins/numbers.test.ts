import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";
import { numberFromText } from "../value/number.ts";

// Every expected text was printed by OPA itself.
describe("numbers", () => {
  it.each([
    ["0.1 + 0.2", "0.3"],
    ["1 - 0.9", "0.10000000000000000002"],
    ["1 / 3", "0.33333333333333333334"],
    ["4 / 2", "2"],
    ["7 / 2", "3.5"],
    ["1e5 / 3", "33333.333333333333332"],
    ["1234567.5 * 1", "1.2345675e+06"],
    ["0.00001 * 1", "1e-05"],
    ["0 * -1.5", "-0"],
    ["9007199254740991 * 9007199254740991", "81129638414606663681390495662081"],
    ["1e30 + 1", "1000000000000000000000000000001"],
    ["2.0 + 1", "3"],
    ["1e-400 * 1e-400", "9.999999999999999999e-801"],
    ["-17 % 5", "-2"],
    ["4.0 % 3", "1"],
    ["1e30 % 7", "1"],
    ["5.5 % 2", "eval_builtin_error: rem: modulo on floating-point number"],
    ["5 % 0", "eval_builtin_error: rem: modulo by zero"],
    ["1 / 0.0", "eval_builtin_error: div: divide by zero"],
    ["data.s + 1", "eval_type_error: plus: operand 1 must be number but got string"],
    ["1 - {2}", "eval_type_error: minus: operand 2 must be number but got set"],
    ["abs(-1.50)", "1.5"],
    ["abs(-12345678901234567890123)", "12345678901234567890000"],
    ["round(2.5)", "3"],
    ["round(-2.5)", "-3"],
    ["round(0.49999999999999994)", "0"],
    ["ceil(1.2)", "2"],
    ["ceil(-0.4)", "1"],
    ["floor(-1.5)", "-2"],
    ["sum([9223372036854775807, 1])", "9223372036854775808"],
    ["sum([0.1, 0.2])", "0.3"],
    ["product([0.1, 3])", "0.30000000000000004"],
    ["product([])", "1"],
    [
      "sum(data.mixed)",
      "eval_type_error: sum: operand 1 must be array of numbers but got array containing string",
    ],
    ["max([1, 1.0])", "1.0"],
    ["min([])", "undefined"],
    ["format_int(-10.9, 10)", '"-10"'],
    ["format_int(123456789012345678901234567890, 16)", '"18ee90ff6c373e0ee4e3f0ad2"'],
    ["format_int(10, 3)", "eval_type_error: format_int: operand 2 must be one of {2, 8, 10, 16}"],
    ["numbers.range(3, 1)", "[3, 2, 1]"],
    ["numbers.range_step(10, 1, 4)", "[10, 6, 2]"],
    [
      "numbers.range_step(1, 2, 0)",
      "eval_builtin_error: numbers.range_step: numbers.range_step: step must be a positive integer",
    ],
    ["bits.rsh(-5, 1)", "-3"],
    ["bits.and(1e2, 4)", "4"],
    [
      "bits.lsh(1, -1)",
      "eval_type_error: bits.lsh: operand 2 must be an unsigned integer number but got a negative integer",
    ],
    ['to_number("1E5")', "1E5"],
    [
      'to_number("0x10")',
      'eval_builtin_error: to_number: strconv.ParseFloat: parsing "0x10": invalid syntax',
    ],
    [
      'to_number("1e400")',
      'eval_builtin_error: to_number: strconv.ParseFloat: parsing "1e400": value out of range',
    ],
    ['units.parse("0.0005K")', "0.5000000000"],
    ['units.parse("1EB")', "eval_builtin_error: units.parse: units.parse: unit Eb not recognized"],
    ['units.parse("1e")', "1000000000000000000"],
    ['units.parse("1.5Mi")', "1572864"],
    [
      'units.parse("1 K")',
      "eval_builtin_error: units.parse: units.parse: spaces not allowed in resource strings",
    ],
    ['units.parse_bytes("1.1gib")', "1181116006"],
    [
      'units.parse_bytes("1x")',
      "eval_builtin_error: units.parse_bytes: units.parse_bytes: byte unit x not recognized",
    ],
  ])("%s is %s", (expression, wanted) => {
    expect(outcome(expression, { s: "text", mixed: [1, "a"] })).toBe(wanted);
  });

  it("refuses numbers whose digits would fill the memory", () => {
    const data = { huge: numberFromText("1e1000000000"), tiny: numberFromText("1e-1000000000") };
    expect(outcome("data.huge + 1", data)).toBe("eval_builtin_error: plus: number out of range");
    expect(outcome("data.tiny + 0.5", data)).toBe("eval_builtin_error: plus: number out of range");
    expect(outcome("data.huge > data.tiny", data)).toBe("true");
    expect(outcome("numbers.range(1, 1000000000)")).toBe(
      "eval_cancel_error: budget of 10000000 elements used up in the query",
    );
    expect(outcome("bits.lsh(1, 1000000000000)")).toBe(
      "eval_cancel_error: budget of 268435456 bytes used up in the query",
    );
  });
});
