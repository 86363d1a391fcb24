/** Texts that mean something to one builtin or another, and some that hurt. */
const COMMON = [
  "a",
  "",
  "b",
  "abc",
  "foo",
  "x y",
  "A-b",
  "ünï",
  "😀é",
  "a,b,c",
  "10",
  "1.5",
  "-3",
  "constructor",
  '\u0000\n\t"\\',
];

/** What a builtin with this prefix makes sense of. */
const BY_PREFIX: readonly (readonly [prefix: string, texts: readonly string[]])[] = [
  ["regex.", ["a+", "[a-z]+", "(a|b)*c?", "^$", "(?i)AB", "\\d{2}", "(x)(y)?", "[", "a{b}c", "{a*}"]],
  ["re_match", ["a+", "^[a-z]*$", "("]],
  ["glob.", ["*", "a*", "**.b", "[a-c]", "{a,b}*", "a.b.c", "!a", "?"]],
  [
    "time.",
    [
      "2021-02-28T23:59:59Z",
      "2020-02-29T12:00:00.5+02:00",
      "2006-01-02",
      "Mon, 02 Jan 2006",
      "RFC1123",
      "UTC",
      "Europe/Paris",
      "1h30m",
      "-5s",
      "1.5µs",
      "America/New_York",
    ],
  ],
  ["net.", ["10.0.0.0/8", "10.1.2.3", "192.168.0.0/30", "::1/128", "fe80::/10", "10.0.0.0/33"]],
  ["units.", ["10Mi", "1.5G", "100m", "2KiB", "5e3", "1Ki", "12 34", "10E", "0.1k"]],
  ["semver.", ["1.2.3", "1.2.3-rc.1", "0.0.1+b", "1.2", "2.0.0-alpha.10"]],
  ["base64", ["YQ==", "YWJj", "_-8=", "YQ", "aGk"]],
  ["hex.", ["616263", "0G", "ff"]],
  ["urlquery.", ["a=1&b=2", "%41%zz", "a+b", "a=1&a=2"]],
  ["uri.", ["http://u@h:80/p?q=1#f", "a:b", "://", "/p", "http://[::1]/"]],
  ["json.", ['{"a": 1}', "[1, 2.50]", '"x"', "{", "a/b", "/a/0", "1e3"]],
  ["yaml.", ["a: 1\nb: [x, y]", "- 1\n- ~", ": :", "a: 1e3", '"q"', "on"]],
  [
    "sprintf",
    [
      "%d",
      "%s|%v",
      "%5.2f %x",
      "%q %t",
      "%[2]v %[1]d",
      "%!",
      "%-5s|%05d",
      "%v %v %v",
      "%T %c %U",
      "%e %g %b %o",
    ],
  ],
  ["strings.", ["a", "ab", "{{.x}}", "{{range .}}{{.}},{{end}}", "aa"]],
  ["uuid.", ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8"]],
  [
    "graphql.",
    [
      "{a}",
      "type Query { a: Int }",
      "query Q($x: Int) {a(b: $x)}",
      "{",
      "type Query { a(b: Int!): [String] }",
    ],
  ],
  ["io.jwt.", ["eyJhbGciOiJub25lIn0.eyJhIjoxfQ.", "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.YQ", "a.b.c"]],
  ["format_int", []],
  ["to_number", ["0x10", "1e5", "Inf", "0b1", "1.50", "-0", "1e400", "1e"]],
  ["cast_", []],
];

/** Texts for an argument of a builtin, the fitting ones twice. */
export function textsFor(builtin: string): readonly string[] {
  const fitting = BY_PREFIX.find(([prefix]) => builtin.startsWith(prefix))?.[1] ?? [];
  return [...fitting, ...COMMON, ...fitting];
}

export const TEXTS: readonly string[] = COMMON;

/** Spellings of numbers: small ones mostly, big ones, decimals, equal ones that look different. */
export const NUMBERS = [
  "0",
  "1",
  "2",
  "3",
  "1",
  "2",
  "-1",
  "10",
  "4",
  "7",
  "0.5",
  "1.5",
  "-2.75",
  "0.1",
  "2.0",
  "1e3",
  "1.50",
  "9007199254740993",
  "100000000000000000000",
  "-123456789012345678901234567890",
  "3.141592653589793238",
  "1e-7",
  "1E2",
  "0.30000000000000004",
] as const;

export const KEYS = ["a", "b", "c", "xs", "d e", "ü", "10"] as const;
