import { expect, it } from "vitest";
import { loggedJson } from "./logged-json.ts";

it.each([
  ["{}"],
  ['{"big":12345678901234567890,"small":1,"text":"12345678901234567890"}'],
  ['[1.0,1.5,1e2,1E+2,-0,9007199254740993,{"a":[0.1000000000000000055]}]'],
  ['{"__proto__":{"n":1.0},"constructor":2}'],
  ["12345678901234567890"],
])("%s is written as it was read", (text) => {
  expect(JSON.stringify(loggedJson(text))).toBe(text);
});
