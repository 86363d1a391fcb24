/** A program whose traces are compared: a module of package `a`, a query, and documents. */
export interface TracedProgram {
  readonly name: string;
  readonly rules: string;
  readonly query: string;
  readonly input: unknown;
  readonly data: unknown;
}

function program(
  name: string,
  rules: string,
  query = "data.a.p",
  input?: unknown,
  data?: unknown,
): TracedProgram {
  return { name, rules, query, input, data };
}

const pod = {
  review: {
    object: {
      kind: "Pod",
      metadata: { name: "x", labels: { a: "1", b: "2" } },
      spec: {
        containers: [
          { name: "c1", image: "nginx:1" },
          { name: "c2", image: "evil/x" },
        ],
      },
    },
  },
  parameters: { repos: ["nginx"] },
};

/** Each shows one thing that traces tell: rule kinds, functions, else, with, every, negation, closures, indexes, early exit. */
export const TRACED_PROGRAMS: readonly TracedProgram[] = [
  program("simple", "p if input.x == 1", "data.a.p", { x: 1 }),
  program("undef", "p if input.x == 1"),
  program("default", "default p := false\np if input.x == 1"),
  program("default_true", "default p := false\np if input.x == 1", "data.a.p", { x: 1 }),
  program("partial_set2", "p contains x if {\n some x in [1,2,3]\n x > 1\n}"),
  program("partial_obj", 'p[k] := v if {\n some k, v in {"a":1,"b":2}\n v > 1\n}'),
  program("partial_key", "q contains x if {\n some x in [1,2,3]\n}\np if q[2]"),
  program("partial_key_miss", "q contains x if {\n some x in [1,2,3]\n}\np if q[5]"),
  program("partial_iter", "q contains x if {\n some x in [1,2,3]\n}\np if {\n some y in q\n y > 2\n}"),
  program("partial_objkey", 'q[k] := v if {\n some k, v in {"a":1,"b":2}\n}\np := q.a'),
  program("func", "f(x) := x + 1\np := f(2)"),
  program("func2", "f(x) := y if {\n y := x + 1\n y > 2\n}\np if {\n f(1)\n f(2) == 3\n}"),
  program("func_multi", "f(1) := 1\nf(2) := 2\nf(x) := 3 if x > 2\np := f(3)"),
  program("func_cache", "f(x) := x\np if {\n f(1) == 1\n f(1) == 1\n}"),
  program("func_default", "default f(_) := 0\nf(x) := 1 if x > 1\np := f(0)"),
  program("else", "p := 1 if {\n input.x == 1\n} else := 2 if {\n input.x == 2\n} else := 3", "data.a.p", {
    x: 2,
  }),
  program("else3", "p := 1 if {\n input.x == 1\n} else := 2 if {\n input.x == 2\n} else := 3", "data.a.p", {
    x: 5,
  }),
  program("with", "q := input.x\np if {\n q == 3 with input.x as 3\n}", "data.a.p", { x: 1 }),
  program("with_data", "p if {\n data.foo.bar == 3 with data.foo.bar as 3\n}"),
  program("with_fn", "f(x) := 1\ng(x) := 2\np if {\n f(1) == 2 with f as g\n}"),
  program("with_builtin", "p if {\n count([1]) == 5 with count as 5\n}"),
  program("every", "p if {\n every x in [1,2] { x > 0 }\n}"),
  program("every_fail", "p if {\n every x in [1,2] { x > 1 }\n}"),
  program("every_kv", 'p if {\n every k, v in {"a":1} { k == "a"; v == 1 }\n}'),
  program("every_empty", "p if {\n every x in [] { x > 1 }\n}"),
  program("not", "p if {\n not input.x\n}"),
  program("not2", "p if {\n not input.x\n}", "data.a.p", { x: 1 }),
  program("not_expr", "p if {\n not q(1)\n}\nq(x) if x > 3"),
  program("comp", "p := [x | some x in [1,2,3]; x > 1]"),
  program("comp_set", "p := {x | some x in [1,2,3]; x > 1}"),
  program("comp_obj", 'p := {k: v | some k, v in {"a": 1}}'),
  program("comp_nested", "p := [y | some x in [1,2]; y := [z | some z in [3,4]; z > x]]"),
  program("index_many", "p if input.x == 1\np if input.x == 2\np if input.x == 3\np if input.y", "data.a.p", {
    x: 2,
    y: 1,
  }),
  program("index_in", "p if input.x in {1,2}\np if input.x == 3", "data.a.p", { x: 2 }),
  program(
    "index_glob",
    'p if glob.match("a*", [], input.x)\np if glob.match("b*", [], input.x)',
    "data.a.p",
    { x: "bc" },
  ),
  program("index_array", "p if input.x == [1, 2]\np if input.x == [1, 3]", "data.a.p", { x: [1, 3] }),
  program("notes", 'p if {\n trace("hello")\n x := 1\n trace(sprintf("x %d", [x]))\n x == 2\n}'),
  program("notes_fn", 'f(x) if {\n trace("in f")\n x > 1\n}\np if {\n f(1)\n}\np if {\n f(2)\n}'),
  program("multi_early", "p if input.x\np if input.y\np if input.z", "data.a.p", { x: 1, y: 1, z: 1 }),
  program("conflict_same", "p := 1 if input.x\np := 1 if input.y", "data.a.p", { x: 1, y: 1 }),
  program("values", "p := x if {\n x := input.x\n}\np := y if {\n y := input.y\n}", "data.a.p", {
    x: 1,
    y: 1,
  }),
  program("pkg", "q := 1\nr if input.x\ns contains 1", "data.a"),
  program("iter_data", "p if {\n some i\n data.foo[i].x == 2\n}", "data.a.p", undefined, {
    foo: [{ x: 1 }, { x: 2 }, { x: 2 }],
  }),
  program(
    "iter_input",
    'p contains c.name if {\n some c in input.review.object.spec.containers\n not startswith(c.image, "nginx")\n}',
    "data.a.p",
    pod,
  ),
  program("unify", "p if {\n [x, y] = [1, 2]\n x < y\n}"),
  program("unify2", 'p if {\n {"a": x} = {"a": input.v}\n x == 1\n}', "data.a.p", { v: 1 }),
  program("query_multi", "q contains x if some x in [1,2]", "data.a.q[x]; x > 1"),
  program("query_assign", "q := 5", "x := data.a.q; y := x + 1"),
  program("query_expr", "q := 5", "1 + 1"),
  program("multi_line", 'p if {\n  obj := {\n    "a": 1,\n    "b": [1, 2],\n  }\n  obj.b[_] == 2\n}'),
  program("print", 'p if {\n print("x", input.x)\n input.x\n}', "data.a.p", { x: 1 }),
  program("string_ops", 'p := concat(",", [upper(x) | some x in input.xs])', "data.a.p", { xs: ["a", "b"] }),
  program("arith", "p := (1 + 2) * (3 - 1)"),
  program("member", 'p if {\n 1 in [1,2]\n not 3 in {1,2}\n "a", 1 in {"a": 1}\n}'),
  program("refs_in_refs", "p := input.a[input.k]", "data.a.p", { a: { b: 1 }, k: "b" }),
  program("chained", "p if q\nq if r\nr if input.x", "data.a.p", { x: 1 }),
  program("chained_false", "p if q\nq := false"),
  program("general_ref", "p.x.y := 1 if input.x\np.x.z := 2", "data.a.p", { x: 1 }),
  program("general_ref_dyn", 'p[x].y := 1 if some x in ["a","b"]', "data.a.p"),
  program("general_set", "p.q contains x if some x in [1]", "data.a.p"),
  program("walk", 'p contains x if {\n walk({"a":[1]}, [path, x])\n}', "data.a.p"),
  program("template", 'p := $"a {input.x} b"', "data.a.p", { x: 1 }),
  program("recursion_like", "f(x) := x * 2\ng(x) := f(x) + f(x)\np := g(3)"),
  program("fn_pattern", "f([x, y]) := x + y\np := f([1, 2])"),
  program("fn_arg_ref", "f(x) := 1 if x == input.y\np := f(3)", "data.a.p", { y: 3 }),
  program("cmp", "p if input.x < 3\np if input.x >= 3", "data.a.p", { x: 3 }),
  program("negated_comp", "p if count({x | some x in [1]; not q(x)}) == 1\nq(x) if x == 2"),
  program("object_iter", "p contains k if {\n some k, v in input.o\n v == true\n}", "data.a.p", {
    o: { a: true, b: false, c: true },
  }),
  program("dedupe", "p contains x if some x in [1,1,2]"),
  program("q_partial_dup", "q contains x if some x in [1,1,2]\np if q[1]"),
  program("some_decl", "p if {\n some i, j\n input.a[i] == input.b[j]\n}", "data.a.p", {
    a: [1, 2],
    b: [2, 3],
  }),
  program("missing_data", "p if data.nope.x"),
  program("data_rule_mix", "p := data.cfg.x", "data.a.p", undefined, { cfg: { x: 1 } }),
  program("raw", "p := `a\nb`", "data.a.p"),
  program(
    "long",
    'p := "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
  ),
  program("semis", "p if { x := 1; y := 2; x < y }"),
  program("else_fn", "f(x) := 1 if x == 1 else := 2 if x == 2 else := 3\np := [f(1), f(2), f(3)]"),
  program("every_nested", "p if {\n every x in [[1],[2]] {\n  every y in x { y > 0 }\n }\n}"),
  program("not_nested", "p if {\n not not_q\n}\nnot_q if {\n not q\n}\nq if input.x"),
];
