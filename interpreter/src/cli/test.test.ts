import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterFolder, leaveFolder, rego, type Said } from "./testing.ts";

const FILES = {
  "pass/a.rego": "package a\n\nallow if input.x == 1\n\nf(x) := x + 1\n",
  "pass/a_test.rego": `package a_test

import data.a

test_ok if a.allow with input as {"x": 1}
`,
  "all/b_test.rego": `package b_test

f(x) := x + 1

test_ok if f(1) == 2

test_bad if {
	x := 3
	y := f(x)
	y == 5
}

test_false := false

test_absent if input.nope

test_div if 1 / 0

todo_test_later if true

test_print if {
	print("hello", 1)
	false
}

test_twice if true
test_twice if false

test_cases[name] if {
	some name, c in {"one": {"x": 1, "want": 2}, "two": {"x": 2, "want": 9}}
	f(c.x) == c.want
}

test_nested[a][b] if {
	some a in ["p", "q"]
	some b in [1, 2]
	a == "p"
}

test_conflict if g(1)
g(x) := 1 if x
g(x) := 2 if x

group.test_inner if true
`,
  "skip/s_test.rego": "package s\n\ntodo_test_x if true\n\ntest_y if true\n",
  "v0/v_test.rego": "package v\n\ntest_v0 { true }\n",
  "data/d_test.rego": "package d\n\ntest_data if data.values.n == 1\n",
  "data/values/data.json": '{"n": 1}',
  "long/l_test.rego": `package l

test_long if {
	some x in numbers.range(1, 9999)
	some y in numbers.range(1, 9999)
	x == y + 10000
}
`,
  "broken/x.rego": "package x\n\np if {\n",
  "untyped/x.rego": "package x\n\np if nobody(1)\n",
};

let folder: string;
beforeAll(() => {
  folder = enterFolder(FILES);
});
afterAll(() => leaveFolder(folder));

/** A run, with times taken out. */
async function run(...args: readonly string[]): Promise<Said> {
  const said = await rego(["test", ...args]);
  const out = said.out
    .replace(/\(\d[\d.]*(ns|µs|ms|s)\)/g, "(T)")
    .replace(/"duration": \d+/g, '"duration": 1');
  return { ...said, out };
}

const RULE = "-".repeat(80);

describe("reports", () => {
  it("tells only the count when all passes", async () => {
    expect(await run("pass")).toEqual({ code: 0, out: "PASS: 1/1\n", err: "" });
  });

  it("-v tells of each test", async () => {
    const out = `pass/a_test.rego:5:\ndata.a_test.test_ok: PASS (T)\n${RULE}\nPASS: 1/1\n`;
    expect(await run("-v", "pass")).toEqual({ code: 0, out, err: "" });
  });

  it("tells of what did not pass, what was skipped and what was printed", async () => {
    const { code, out } = await run("all");
    expect(code).toBe(2);
    expect(out).toBe(`\
all/b_test.rego:7:
data.b_test.test_bad: FAIL (T)
all/b_test.rego:13:
data.b_test.test_false: FAIL (T)
all/b_test.rego:15:
data.b_test.test_absent: FAIL (T)
all/b_test.rego:17:
data.b_test.test_div: FAIL (T)
all/b_test.rego:19:
data.b_test.todo_test_later: SKIPPED
all/b_test.rego:21:
data.b_test.test_print: FAIL (T)

  hello 1

all/b_test.rego:27:
data.b_test.test_twice#01: FAIL (T)
all/b_test.rego:29:
data.b_test.test_cases: FAIL (T)
  two: FAIL
all/b_test.rego:34:
data.b_test.test_nested: FAIL (T)
  q: FAIL
    1: FAIL
    2: FAIL
all/b_test.rego:40:
data.b_test.test_conflict: ERROR (T)
  all/b_test.rego:42: eval_conflict_error: functions must not produce multiple outputs for same inputs
${RULE}
PASS: 6/17
FAIL: 9/17
SKIPPED: 1/17
ERROR: 1/17
`);
  });

  it("-v shows the ways to failures", async () => {
    const { out } = await run("-v", "--run", "test_bad$", "all");
    expect(out).toContain(`\
FAILURES
${RULE}
data.b_test.test_bad: FAIL (T)

  query:1                  Enter data.b_test.test_bad = _  
  all/b_test.rego:7        | Enter data.b_test.test_bad  
  all/b_test.rego:10       | | Fail y = 5  
  query:1                  | Fail data.b_test.test_bad = _  

${RULE}
`);
  });

  it("--explain chooses the events", async () => {
    expect((await run("--explain", "full", "--run", "test_bad$", "all")).out).toContain("| | Eval x = 3");
    expect((await run("--explain", "notes", "--run", "test_bad$", "all")).out).not.toContain("Fail y");
  });

  it.each([
    ["test_bad$", ["  all/b_test.rego:10:", "    \ty == 5", "    \t|", "    \t4"]],
    [
      "test_cases",
      [
        "  two: FAIL",
        "    ",
        "      all/b_test.rego:31:",
        "        \tf(c.x) == c.want",
        "        \t| |       |",
        "        \t| |       c.want: 9",
        '        \t| |       c: {"want": 9, "x": 2}',
        "        \t| 2",
        "        \t3    ",
      ],
    ],
  ])("--var-values shows the line that failed, with its values: %s", async (name, lines) => {
    expect((await run("--var-values", "--run", name, "all")).out).toContain(`\n${lines.join("\n")}\n`);
  });

  it("JSON is OPA's", async () => {
    const { out } = await run("-f", "json", "--run", "(test_print|test_cases|later|test_conflict)$", "all");
    const location = (row: number) => ({ file: "all/b_test.rego", row, col: 1 });
    expect(JSON.parse(out)).toEqual([
      { location: location(19), package: "data.b_test", name: "todo_test_later", skip: true, duration: 1 },
      {
        location: location(21),
        package: "data.b_test",
        name: "test_print",
        fail: true,
        duration: 1,
        output: "aGVsbG8gMQo=",
      },
      {
        location: location(29),
        package: "data.b_test",
        name: "test_cases",
        fail: true,
        duration: 1,
        sub_results: { one: { name: "one" }, two: { name: "two", fail: true } },
      },
      expect.objectContaining({
        name: "test_conflict",
        error: expect.objectContaining({ code: "eval_conflict_error" }),
      }),
    ]);
  });
});

describe("which tests run", () => {
  it.each([
    ["test_ok", "PASS: 1/1"],
    ["^data\\.b_test\\.test_ok$", "PASS: 1/1"],
    ["test_twice", "PASS: 1/2"],
    ["inner", "PASS: 1/1"],
  ])("--run %s: %s", async (regex, summary) => {
    expect((await run("--run", regex, "all")).out).toContain(summary);
  });

  it("names within longer refs are told whole", async () => {
    expect((await run("-v", "--run", "inner", "all")).out).toContain("data.b_test.group.test_inner: PASS");
  });

  it("data counts, and v0 where it is asked for", async () => {
    expect((await run("data")).out).toBe("PASS: 1/1\n");
    expect((await run("--v0-compatible", "v0")).out).toBe("PASS: 1/1\n");
    expect((await run("--bundle", "data")).out).toBe("PASS: 1/1\n");
  });

  it("--count repeats", async () => {
    expect((await run("--count", "3", "pass")).out).toBe("PASS: 1/1\n".repeat(3));
  });
});

describe("exit codes", () => {
  it.each([
    [0, ["pass"], ""],
    [2, ["all"], ""],
    [2, ["skip"], ""],
    [0, ["-z", "skip"], ""],
    [0, ["--run", "nothing", "pass"], ""],
    [1, ["--fail-on-empty", "--run", "nothing", "pass"], "no tests were run\n"],
    [1, ["--run", "(", "pass"], "error parsing regexp: missing closing ): `(`\n"],
    [1, ["absent"], "1 error occurred during loading: stat absent: no such file or directory\n"],
    [1, ["untyped"], "1 error occurred: untyped/x.rego:3: rego_type_error: undefined function nobody\n"],
    [1, [], "error: specify at least one file"],
  ])("%i for %j", async (code, args, err) => {
    const said = await run(...args);
    expect(said.code).toBe(code);
    expect(said.err).toContain(err);
  });

  it("a test without end is given up", async () => {
    const { code, out } = await run("--timeout", "50ms", "long");
    expect(code).toBe(2);
    expect(out).toContain("eval_cancel_error");
    expect(out).toContain("ERROR: 1/1");
  });
});

describe("coverage", () => {
  it("is JSON", async () => {
    const { code, out } = await run("--coverage", "pass");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      files: {
        "pass/a.rego": { covered_lines: 1, not_covered_lines: 1 },
        "pass/a_test.rego": { coverage: 100 },
      },
      covered_lines: 2,
      not_covered_lines: 1,
    });
  });

  it("below the threshold is a failure", async () => {
    const text = "Code coverage threshold not met: got 66.67 instead of 90.00\n";
    expect(await run("--threshold", "90", "pass")).toEqual({ code: 2, out: "", err: text });
    const verbose = await run("--threshold", "90", "-v", "pass");
    expect(verbose.err).toBe(`${text}Lines not covered:\n\tpass/a.rego:5\n`);
    expect((await run("--threshold", "60", "pass")).code).toBe(0);
  });

  it("of failing tests is not told", async () => {
    const { code, out, err } = await run("--coverage", "--run", "test_bad$", "all");
    expect(code).toBe(1);
    expect(out).toContain("FAIL: 1/1");
    expect(err).toContain("data.b_test.test_bad: FAIL");
  });
});
