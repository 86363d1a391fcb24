import type { TracedQuery } from "../traces/corpus.ts";

interface ReportedProgram {
  readonly name: string;
  readonly modules: readonly string[];
  readonly query?: string;
  readonly version?: "v0" | "v1";
  readonly input?: unknown;
  readonly data?: unknown;
}

/** Every construct of the language, reached in part. */
const PROGRAMS: readonly ReportedProgram[] = [
  {
    name: "else",
    modules: [
      `package a

p := 1 if {
	input.x == 1
} else := 2 if input.x == 2 else := 3 if {
	input.x == 3
	count([c | some c in [1]]) == 1
} else := 4`,
    ],
    input: { x: 3 },
  },
  {
    name: "else without values",
    modules: [
      "package a\n\np if {\n\tinput.x\n} else if {\n\tinput.y\n} else := false if {\n\tinput.z\n}\n\nq if false\nelse := true\n",
    ],
    input: { z: 1 },
  },
  {
    name: "defaults",
    modules: [
      `package a

default p := {"a": [1, 2]}

default q := false

q if input.x

default f(_, _) := "none"

f(x, y) := x if x == y

r := f(1, 2)

default unused := [x | some x in [1]]
`,
    ],
    input: { x: true },
  },
  {
    name: "with",
    modules: [
      `package a

p if {
	q with input.x as 1
	not q with input as {"x": 2}
	f(3) == 4 with data.a.g as 4 with input.y as [1]
	count([1]) == 2 with count as 2
	f(1) == 7 with f as h
}

q if input.x == 1

f(x) := data.a.g

h(_) := 7
`,
    ],
  },
  {
    name: "every",
    modules: [
      `package a

p if {
	every x in [1, 2, 3] {
		y := x + 1
		y > 1
	}
	every k, v in {"a": 1} { k == "a"; v == 1 }
}

q if every x in [1, 2, 3] {
	x < 2
	x > 0
}

r if every x in [] {
	x == 1
}
`,
    ],
  },
  {
    name: "some in",
    modules: [
      `package a

p contains [i, x] if {
	some i, x in ["a", "b"]
	x != "a"
}

q if {
	some x
	[1, 2][x] == 2
	some y in {1, 2}
	y > 5
}

r if {
	3 in [1, 2]
}

s if "a", 1 in {"a": 1}
`,
    ],
  },
  {
    name: "comprehensions",
    modules: [
      `package a

p := [x |
	some x in input.xs
	x > 1
]

q := {x: y |
	some x, y in input.xs
	y > 10
}

r := {x |
	x := input.xs[_]
	not x == 2
}

nested := [[y | some y in xs; y > x] | xs := input.xs; some x in xs]

unreached := [x | some x in input.none; x > 1; x < 3]
`,
    ],
    input: { xs: [1, 2, 3] },
  },
  {
    name: "functions",
    modules: [
      `package a

f(x) := y if {
	y := x * 2
	y > 3
}

f(x) := 0 if x < 0

g("a", [x, _]) := x

g("b", {"k": v}) := v

h(x) if {
	x > 1
} else := "small" if {
	x > 0
}

twice(x) := f(f(x))

p := [f(2), g("b", {"k": 1}), h(1), twice(5)]
`,
    ],
  },
  {
    name: "partial rules",
    modules: [
      `package a

s contains "x" if input.a

s contains y if {
	y := input.b
	y != null
}

s contains "always"

o[k] := v if some k, v in input.o

o.fixed := 1

deep.a[k].b contains v if some k, v in input.o

deep.c.d := 2 if input.none

single[x] if {
	x := input.a
}
`,
    ],
    input: { a: 1, b: null, o: { x: 1, y: 2 } },
  },
  {
    name: "template strings",
    modules: [
      `package a

p := $"name {input.name}, {q} and {missing}"

q := "Q"

missing := input.none.x

r contains m if {
	some c in input.cs
	m := $\`<{c.a}> {c.b}\`
}
`,
    ],
    input: { name: "n", cs: [{ a: 1 }, { a: 2, b: 3 }] },
  },
  {
    name: "several modules",
    modules: [
      `package a

import data.lib
import data.lib.deep as d

p if lib.allowed(input.user)

q if {
	d.limit > 3
	lib.users[input.user]
}
`,
      `package lib

allowed(user) if {
	users[user]
	user != "mallory"
}

users contains u if some u in ["alice", "bob"]

unused if {
	true
	false
}
`,
      "package lib.deep\n\nlimit := 5\n",
      "package elsewhere\n\nnobody := 1 if input.asks\n",
      "# only a comment\npackage empty\n",
    ],
    input: { user: "alice" },
  },
  {
    name: "two files of one package",
    modules: [
      "package a\n\np contains 1\n\np contains 2 if input.x\n",
      "package a\n\np contains 3 if not input.x\n\nq := count(p)\n",
    ],
  },
  {
    name: "index and early exit",
    modules: [
      `package a

p if input.kind == "Pod"

p if input.kind == "Service"

p if {
	input.kind == "Job"
	input.y
}

p if startswith(input.kind, "P")

q if {
	some x in [1, 2, 3]
	x > 0
	r(x)
}

r(x) if x == 1

r(x) if x > 0

r(_) if input.other
`,
    ],
    input: { kind: "Pod" },
  },
  {
    name: "negation",
    modules: [
      `package a

p if not q

q if not r(1)

r(x) if {
	not x > 3
	not input.y.z == 1
	not [1 | false] == []
}

s if not not_defined

not_defined if input.none
`,
    ],
  },
  {
    name: "references and arithmetic",
    modules: [
      `package a

p := input.list[input.i].name

q := ((1 + 2) * 3) - (4 / 2) % 2

r := {"a": {"b": [1, {"c": data.base.x}]}}.a.b[1].c

s := [1, 2, 3][data.base.i]

t if {
	x := input.list[_]
	x.name == "b"
	u := -x.n
	u < 0
}
`,
    ],
    input: { i: 1, list: [{ name: "a" }, { name: "b", n: 3 }] },
    data: { base: { x: 5, i: 2 } },
  },
  {
    name: "unification and patterns",
    modules: [
      `package a

p := [x, y] if {
	[x, {"k": y}] = [1, {"k": input.v}]
	{x, 2} == {1, 2}
}

q[a] := b if {
	[a, b] := ["k", 1]
}

r if [1, z] = [z, 1]
`,
    ],
    input: { v: "V" },
  },
  {
    name: "errors of builtins",
    modules: [
      "package a\n\np := x if {\n\tx := to_number(input.x)\n}\n\nq := 1 / input.zero\n\nr := [p | true]\n\ns := 1\n",
    ],
    input: { x: "a", zero: 0 },
  },
  {
    name: "multi-line expressions",
    modules: [
      `package a

p := {
	"a": input.x,
	"b": [
		1,
		2,
	],
}

q if {
	object.get(
		input,
		"x",
		"none",
	) == "none"
	concat(",", [
		"a",
		"b",
	]) == "a,b"
}
`,
    ],
  },
  {
    name: "wide characters",
    modules: [
      'package a\n\np := "日本語é" if input.x == "日本" else := "😀 b"\n\nq := [x | x := "é"; x != "😀"]\n',
    ],
    input: { x: "y" },
  },
  {
    name: "v0",
    version: "v0",
    modules: [
      `package a

default allow = false

allow {
	input.x == 1
} {
	input.x == 2
	true
}

deny[msg] {
	some i
	input.list[i] > 1
	msg := sprintf("%d", [i])
}

o[k] = v { v := input.list[k] }

f(x) = y { y := x + 1 } else = 0 { x == null }

p = f(1)
`,
    ],
    input: { x: 2, list: [1, 2, 3] },
  },
  {
    name: "queries with bindings",
    modules: ["package a\n\ns contains x if some x in [1, 2]\n\nf(x) := x + 1\n"],
    query: "x := data.a.s[y]; z = data.a.f(x); every w in [x] { w > 0 }",
  },
  {
    name: "a test",
    modules: [
      "package a\n\nallow if input.x == 1\n",
      'package a_test\n\nimport data.a\n\ntest_allow if a.allow with input as {"x": 1}\n\ntest_deny if not a.allow with input as {"x": 2}\n\ntodo_test_later if false\n',
    ],
    query: "data.a_test",
  },
  {
    name: "metadata",
    modules: [
      '# METADATA\n# title: t\npackage a\n\n# METADATA\n# description: d\np := rego.metadata.rule().description if true\n\nq := {"t": rego.metadata.chain()[0].path}\n',
    ],
  },
  {
    name: "print and trace",
    modules: ['package a\n\np if {\n\tprint("x", input.x, 1)\n\ttrace("noted")\n\tinput.x\n}\n'],
    input: { x: 1 },
  },
];

export const REPORTED_PROGRAMS: readonly TracedQuery[] = PROGRAMS.map(
  ({ name, modules, query = "data.a", version = "v1", input, data }) => ({
    name,
    modules,
    version,
    query,
    input: input as TracedQuery["input"],
    data: data as TracedQuery["data"],
  }),
);
