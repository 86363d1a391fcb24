import { describe, expect, it } from "vitest";
import * as crypto from "node:crypto";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("hashes, tokens and signatures", () => {
  describe("hashes", () => {
    it.each([
      ['crypto.md5("foo")', '"acbd18db4cc2f85cedef654fccc4a4d8"'],
      ['crypto.sha1("é")', '"bf15be717ac1b080b4f1c456692825891ff5073d"'],
      [
        'crypto.sha256(base64.decode("/w=="))',
        '"a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89"',
      ],
      [
        'crypto.hmac.sha512("foo", "bar")',
        '"24257d7210582a65c731ec55159c8184cc24c02489453e58587f71f44c23a2d61b4b72154a89d17b2d49448a8452ea066f4fc56a2bcead45c088572ffccdb3d8"',
      ],
      ['crypto.hmac.equal("a", "ab")', "false"],
    ])("%s", (expression, expected) => {
      expect(outcome(expression, {}, crypto)).toBe(expected);
    });
  });
  describe("tokens", () => {
    it.each([
      ['io.jwt.decode("eyJhbGciOiJIUzI1NiJ9.eyJhIjoxLjB9.AQID")', '[{"alg": "HS256"}, {"a": 1.0}, "010203"]'],
      [
        'io.jwt.decode("a.b")',
        "eval_builtin_error: io.jwt.decode: encoded JWT must have 3 sections, found 2",
      ],
      [
        'io.jwt.decode("e30.e30.****")',
        "eval_builtin_error: io.jwt.decode: JWT signature had invalid encoding: illegal base64 data at input byte 0",
      ],
      [
        'io.jwt.decode("eyJlbmMiOiJ4In0.e30.")',
        "eval_builtin_error: io.jwt.decode: JWT is a JWE object, which is not supported",
      ],
      [
        'io.jwt.encode_sign({"alg": "HS256", "typ": "JWT"}, {"b": 1, "a": "<"}, {"kty": "oct", "k": "c2VjcmV0"})',
        '"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoiXHUwMDNjIiwiYiI6MX0.8fKJoUJxLZ_O9EYyrRUUcpos4Mdy115us1GBBPMdqL0"',
      ],
      [
        'io.jwt.encode_sign_raw("e", "{}", `{"kty":"oct","k":"c2VjcmV0"}`)',
        "eval_builtin_error: io.jwt.encode_sign_raw: missing or invalid 'alg' header: jwsbb: header \"alg\" not found",
      ],
      [
        'io.jwt.encode_sign_raw(`{"alg":"none"}`, "{}", `{"kty":"oct","k":"c2VjcmV0"}`)',
        "eval_builtin_error: io.jwt.encode_sign_raw: unknown JWS algorithm: none",
      ],
      [
        'io.jwt.encode_sign_raw(`{"alg":"HS256"}`, "no json", `{"kty":"oct","k":"c2VjcmV0"}`)',
        "eval_builtin_error: io.jwt.encode_sign_raw: type is JWT but payload is not JSON",
      ],
    ])("%s", (expression, expected) => {
      expect(outcome(expression, {}, crypto)).toBe(expected);
    });
  });
  describe("AWS", () => {
    it.each([
      [
        'providers.aws.sign_req({"method": "get", "url": "https://b.s3.amazonaws.com/a b?x=1", "headers": {"X": "y"}}, {"aws_service": "s3", "aws_access_key": "A", "aws_secret_access_key": "S", "aws_region": "us-east-1", "aws_session_token": "t"}, 1440938160000000000).headers',
        '{"Authorization": "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/s3/aws4_request,SignedHeaders=host;x;x-amz-content-sha256;x-amz-date;x-amz-security-token,Signature=7532217b6352364e076d8fd2cccdb76bce505bdbacf6310f8548aa9cb745c521", "X": "y", "host": "b.s3.amazonaws.com", "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "x-amz-date": "20150830T123600Z", "x-amz-security-token": "t"}',
      ],
      [
        'providers.aws.sign_req({}, {"aws_service": "s3", "aws_access_key": "A", "aws_secret_access_key": "S", "aws_region": "r"}, 1)',
        'eval_type_error: providers.aws.sign_req: operand 1 missing required request parameters(s): {"method", "url"}',
      ],
    ])("%s", (expression, expected) => {
      expect(outcome(expression, {}, crypto)).toBe(expected);
    });
  });
});
