import { describe, expect, it } from "vitest";
import { checkPolicy } from "./check.ts";

/** How often something is repeated that nobody writes twice. */
const MANY = 100_000;
const LONG = "a".repeat(10_000_000);
const TOO_DEEP = "max parsing recursion depth exceeded";

const first = (source: string): string => {
  const [error] = checkPolicy({ source: `package a\n${source}`, version: "v1" });
  return error ? `${error.location?.row}: ${error.message}` : "accepted";
};

describe("nesting that no stack bears ends in a diagnostic", () => {
  it.each([
    ["lists", `p := ${"[".repeat(MANY)}`],
    ["closed lists", `p := ${"[".repeat(MANY)}${"]".repeat(MANY)}`],
    ["parentheses", `p := ${"(".repeat(MANY)}`],
    ["braces", `p := ${"{".repeat(MANY)}`],
    ["objects", `p := ${"{a:".repeat(MANY)}`],
    ["comprehensions of arrays", `p := ${"[x | ".repeat(MANY)}`],
    ["comprehensions of sets", `p := ${"{x | ".repeat(MANY)}`],
    ["calls in arguments", `p := ${"f(".repeat(MANY)}`],
    ["refs in brackets", `p := ${"x[".repeat(MANY)}`],
    ["template strings", `p := ${'$"{'.repeat(MANY)}`],
    ["every in every", `p if ${"every x in y { ".repeat(MANY)}`],
    ["sums", `p := 1${" + 1".repeat(MANY)}`],
    ["memberships", `p := 1${" in 1".repeat(MANY)}`],
    ["else branches", `p if { false }${" else := 1 if { false }".repeat(MANY)}`],
  ])("%s", (_, source) => {
    expect(first(source)).toBe(`2: ${TOO_DEEP}`);
  });

  it.each([
    ["and", `import future.keywords.and\np if x${" and x".repeat(MANY)}`],
    ["or in parentheses", `import future.keywords.or\np if ${"(x or ".repeat(MANY)}`],
    ["not bodies", `import future.keywords.not\np if ${"not {".repeat(MANY)}`],
  ])("%s", (_, source) => {
    expect(first(source)).toBe(`3: ${TOO_DEEP}`);
  });
});

describe("sheer length is no fault", () => {
  it.each([
    ["a string of 10 MB", `p := "${LONG}"`],
    ["a string of a million escapes", `p := "${"\\n".repeat(1_000_000)}"`],
    ["a raw string of 10 MB", `p := \`${LONG}\``],
    ["a template string of 10 MB", `p := $"${LONG}"`],
    ["a raw template string of a million escapes", `p := $\`${"\\{".repeat(1_000_000)}\``],
    ["a comment of 10 MB", `# ${LONG}\np := 1`],
    ["a number of a million digits", `p := ${"9".repeat(1_000_000)}`],
    ["a name of 10 MB", `${LONG} := 1`],
    ["a million empty lines", `${"\n".repeat(1_000_000)}p := 1`],
  ])("%s", (_, source) => {
    expect(first(source)).toBe("accepted");
  });

  it("shows the place in a line of 10 MB", () => {
    const [error] = checkPolicy({ source: `package a\np := "${LONG}" ]`, version: "v1" });
    expect(error?.message).toBe("unexpected ] token");
    expect(error?.location?.col).toBe(LONG.length + 9);
    expect(error?.details?.map((line) => line.length)).toEqual([LONG.length + 9, LONG.length + 9]);
  });
});

describe("characters that no source has", () => {
  it.each([
    ["NUL", "p := \0", "2: illegal null character"],
    ["NUL in a string", 'p := "a\0"', "2: illegal null character"],
    ["NUL in a comment", "# a\0\np := 1", "2: illegal null character"],
    ["a byte-order mark inside", "p := \ufeff1", "2: illegal byte-order mark"],
    ["half a surrogate pair", "p := \ud83d", "2: illegal utf-8 character"],
    ["half a surrogate pair in a string", 'p := "\udc80"', "2: illegal utf-8 character"],
    ["half a surrogate pair in a raw string", "p := `\udc80`", "2: illegal utf-8 character"],
    ["half a surrogate pair in a template string", 'p := $"\udc80"', "2: illegal utf-8 character"],
    ["a form feed", "p := \f1", "2: illegal token"],
    ["the replacement character in a string", 'p := "\ufffd"', "accepted"],
    ["carriage returns before newlines", "p := 1\r\nq := 2\r\n", "accepted"],
    ["an error after carriage returns", "p := 1\r\nq := ]\r\n", "3: unexpected ] token"],
  ])("%s", (_, source, said) => {
    expect(first(source)).toBe(said);
  });

  it("takes a byte-order mark at the start for nothing", () => {
    expect(checkPolicy({ source: "\ufeffpackage a\np := 1", version: "v1" })).toEqual([]);
  });
});

describe("METADATA that would cost too much", () => {
  const aliases = [..."bcdefghij"].map(
    (name, i) => `#   ${name}: &${name} [${Array(10).fill(`*${"abcdefghij"[i]}`).join(", ")}]`,
  );
  it.each([
    ["deep lists", `# METADATA\n# custom: ${"[".repeat(MANY)}\np := 1`, /exceeded max depth/],
    ["aliases of aliases", `# METADATA\n# custom:\n#   a: &a [x]\n${aliases.join("\n")}\np := 1`, /aliasing/],
  ])("%s", (_, source, said) => {
    expect(first(source)).toMatch(said);
  });
});
