import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("encodings", () => {
  describe("base64 reads line breaks and says where it stops reading", () => {
    it.each([
      ['base64.decode("aGVs\\nbG8=")', '"hello"'],
      ['base64.decode("aGVsbG8")', "eval_builtin_error: base64.decode: illegal base64 data at input byte 4"],
      [
        'base64.decode("aGVsbG8=x")',
        "eval_builtin_error: base64.decode: illegal base64 data at input byte 8",
      ],
      ['base64.decode("a===")', "eval_builtin_error: base64.decode: illegal base64 data at input byte 1"],
      ['base64url.decode("_-8")', '"\\xff\\xef"'],
      ['base64url.decode("aGVsb")', "eval_builtin_error: base64url.decode: illegal base64url string: aGVsb"],
      ['base64url.encode_no_pad("?>?>~~")', '"Pz4_Pn5-"'],
      ['base64.is_valid("aGVsbG8")', "false"],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
  describe("bytes that are no UTF-8 survive", () => {
    it.each([
      ['hex.encode(base64.decode("gP8A"))', '"80ff00"'],
      ['count(base64.decode("gP8A"))', "3"],
      ['base64.encode(hex.decode("c3a9ff"))', '"w6n/"'],
      ['hex.decode("6z")', "eval_builtin_error: hex.decode: encoding/hex: invalid byte: U+007A 'z'"],
      ['hex.decode("6")', "eval_builtin_error: hex.decode: encoding/hex: odd length hex string"],
      ['hex.decode("é0")', "eval_builtin_error: hex.decode: encoding/hex: invalid byte: U+00C3 'Ã'"],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
  describe("JSON", () => {
    it.each([
      [
        'json.marshal({"b": "<&>", "a": {3, 1.50}})',
        '"{\\"a\\":[1.50,3],\\"b\\":\\"\\\\u003c\\\\u0026\\\\u003e\\"}"',
      ],
      [
        'json.marshal_with_options({"a": [1], "b": {}}, {"pretty": true})',
        '"{\\n\\t\\"a\\": [\\n\\t\\t1\\n\\t],\\n\\t\\"b\\": {}\\n}"',
      ],
      ['json.marshal_with_options([1], {"prefix": "> "})', '"> [\\n> \\t1\\n> ]"'],
      ['json.marshal_with_options([1], {"indent": "  ", "pretty": false})', '"[1]"'],
      [
        'json.unmarshal("[1,]")',
        "eval_builtin_error: json.unmarshal: invalid character ']' looking for beginning of value",
      ],
      ['json.unmarshal("")', "eval_builtin_error: json.unmarshal: EOF"],
      ['json.is_valid("{}")', "true"],
      ['json.unmarshal("{\\"__proto__\\": 1e2}")', '{"__proto__": 1e2}'],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
  describe("URL queries", () => {
    it.each([
      ['urlquery.encode("a b&c=é~")', '"a+b%26c%3D%C3%A9~"'],
      ['urlquery.decode("a+b%20%C3%A9")', '"a b é"'],
      ['urlquery.decode("%zz")', 'eval_builtin_error: urlquery.decode: invalid URL escape "%zz"'],
      ['urlquery.decode_object("a=1&b&a=2&=x")', '{"": ["x"], "a": ["1", "2"], "b": [""]}'],
      [
        'urlquery.decode_object("a=%zz;b")',
        "eval_builtin_error: urlquery.decode_object: invalid semicolon separator in query",
      ],
      ['urlquery.encode_object({"b": ["y", "x"], "a": {"2", "1"}, "c": "z w"})', '"a=1&a=2&b=y&b=x&c=z+w"'],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
});
