import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("addresses and networks", () => {
  describe("addresses are read by Go's rules", () => {
    it.each([
      ['net.cidr_is_valid("10.0.0.0/8")', "true"],
      ['net.cidr_is_valid("010.0.0.0/8")', "false"],
      ['net.cidr_is_valid("10.0/8")', "false"],
      ['net.cidr_is_valid("::1.2.3.4/128")', "true"],
      ['net.cidr_is_valid("fe80::1%eth0/64")', "false"],
      ['net.cidr_contains("10.0.0.0/8", "10.1.2.3")', "true"],
      ['net.cidr_contains("::ffff:10.0.0.0/104", "10.0.0.1")', "true"],
      ['net.cidr_contains("::/0", "10.0.0.1")', "false"],
      ['net.cidr_contains("10.1.0.0/16", "10.0.0.0/8")', "false"],
      [
        'net.cidr_contains("10.1.0.0/16", "10.1")',
        "eval_builtin_error: net.cidr_contains: not a valid textual representation of an IP address or CIDR: 10.1",
      ],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
  describe("collections name their matches", () => {
    it.each([
      ['net.cidr_contains_matches("1.1.1.0/24", "1.1.1.128")', '{["1.1.1.0/24", "1.1.1.128"]}'],
      ['net.cidr_contains_matches([["1.1.1.0/24", "x"]], {"k": "1.1.1.1", "l": "2.2.2.2"})', '{[0, "k"]}'],
      [
        'net.cidr_contains_matches(["1.1.1.0/24"], [1.5])',
        "rego_type_error: net.cidr_contains_matches: invalid argument(s)",
      ],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
  describe("expansion and merging", () => {
    it.each([
      ['net.cidr_expand("192.168.1.1/30")', '{"192.168.1.0", "192.168.1.1", "192.168.1.2", "192.168.1.3"}'],
      [
        'net.cidr_expand("192.168.1.1/33")',
        "eval_builtin_error: net.cidr_expand: invalid CIDR address: 192.168.1.1/33",
      ],
      ['net.cidr_merge(["192.0.128.0/24", "192.0.129.0/24"])', '{"192.0.128.0/23"}'],
      ['net.cidr_merge(["192.168.1.1"])', '{"192.168.1.1/24"}'],
      ['net.cidr_merge(["192.168.1.1", "192.168.1.2"])', '{"192.168.1.0/24"}'],
      ['net.cidr_merge(["0.0.0.0/1", "128.0.0.0/1"])', '{"0.0.0.0/0"}'],
      [
        'net.cidr_merge(["2001:db8::/33", "2001:db8:8000::/33", "10.0.0.0/24"])',
        '{"10.0.0.0/24", "2001:db8::/32"}',
      ],
      ['net.cidr_merge(["::1"])', "eval_builtin_error: net.cidr_merge: IPv6 invalid: needs prefix length"],
      ['net.lookup_ip_addr("::ffff:1.2.3.4")', '{"1.2.3.4"}'],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
  describe("URIs", () => {
    it.each([
      [
        'uri.parse("http://u:p@Example.com:80/a%2Fb?x=1#f%20g")',
        '{"fragment": "f g", "hostname": "Example.com", "path": "/a/b", "port": "80", "raw_path": "/a%2Fb", "raw_query": "x=1", "scheme": "http"}',
      ],
      ['uri.parse("mailto:a@b.c")', '{"scheme": "mailto"}'],
      [
        'uri.parse("http://[fe80::1%25en0]:8/")',
        '{"hostname": "fe80::1%en0", "path": "/", "port": "8", "raw_path": "/", "scheme": "http"}',
      ],
      [
        'uri.parse("http://[1.2.3.4]/")',
        'eval_builtin_error: uri.parse: parse "http://[1.2.3.4]/": invalid IP-literal',
      ],
      [
        'uri.parse("http://a:b:c/")',
        'eval_builtin_error: uri.parse: parse "http://a:b:c/": invalid port ":b:c" after host',
      ],
      [
        'uri.parse("1:b")',
        'eval_builtin_error: uri.parse: parse "1:b": first path segment in URL cannot contain colon',
      ],
      [
        'uri.parse("http://exa%6dple.com/")',
        'eval_builtin_error: uri.parse: parse "http://exa%6dple.com/": invalid URL escape "%6d"',
      ],
      ['uri.is_valid("")', "false"],
      ['uri.is_valid("a b")', "true"],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
  describe("UUIDs", () => {
    it.each([
      [
        'uuid.parse("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}")',
        '{"clocksequence": 180, "macvariables": "global:unicast", "nodeid": "00-c0-4f-d4-30-c8", "time": 886630433151182400, "variant": "RFC4122", "version": 1}',
      ],
      [
        'uuid.parse("urn:uuid:000003e8-48b9-21ee-b200-325096b39f47")',
        '{"clocksequence": 12800, "domain": "Person", "id": 1000, "macvariables": "local:unicast", "nodeid": "32-50-96-b3-9f-47", "time": 1693566990121469600, "variant": "RFC4122", "version": 2}',
      ],
      ['uuid.parse("00000000000040008000000000000000")', '{"variant": "RFC4122", "version": 4}'],
      ['uuid.parse("x")', "undefined"],
    ])("%s", (expression, expected) => {
      expect(outcome(expression)).toBe(expected);
    });
  });
});
