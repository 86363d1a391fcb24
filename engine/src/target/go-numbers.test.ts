import { numberFromText, writeJson } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { goNumbers } from "./go-numbers.ts";

describe("numbers of input.review", () => {
  it.each([
    ["999999", "999999"],
    ["1000000", "1e+06"],
    ["-1500000", "-1.5e+06"],
    ["12345678", "1.2345678e+07"],
    ["123456.5", "123456.5"],
    ["1234567.25", "1.23456725e+06"],
    ["0.0001", "0.0001"],
    ["0.00001", "1e-05"],
    ["1.0", "1"],
    ["9007199254740993", "9.007199254740992e+15"],
    ["100000000000000000000000", "1e+23"],
    ["0", "0"],
  ])("%s reads %s", (written, wanted) => {
    expect(writeJson(goNumbers({ n: numberFromText(written) }))).toBe(`{"n":${wanted}}`);
  });

  it("gives back the very object where no number changes", () => {
    const object = { spec: { replicas: 3, list: ["a", { port: 8080 }] } };
    expect(goNumbers(object)).toBe(object);
  });

  it("shares the branches without such numbers", () => {
    const object = { big: { n: 5_000_000 }, small: { n: 5 } };
    const converted = goNumbers(object) as typeof object;
    expect(converted).not.toBe(object);
    expect(converted.small).toBe(object.small);
  });
});
