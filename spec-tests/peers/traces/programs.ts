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
  program("conflict", "p := x if {\n some x in [1, 2]\n x > 0\n}"),
  program(
    "conflict_fn",
    "f(x) := y if {\n some y in [x, 2, 3]\n}\nf(_) := 4\np if {\n q := 1\n f(q) == 1\n}",
  ),
  program("conflict_key", 'q[k] := v if {\n some k, v in {"a": 1}\n}\nq[k] := 2 if {\n k := "a"\n}\np := q'),
  program("conflict_comp", 'p := {"a": x | some x in [1, 2]}'),
  program("default_values", "default p := 1\np := x if {\n x := input.x\n}\np := y if {\n y := input.y\n}"),
  program("every_scalar", "p if {\n every x in input.x { x > 1 }\n}", "data.a.p", { x: 1 }),
  program("every_with", "q if input.x\np if {\n every x in [1, 2] { x > 0; q } with input.x as 1\n}"),
  program("fn_false", "f(x) := false if x > 1\np if {\n not f(2)\n}"),
  program("pkg_fn", "f(x) := 1 if x == 1\nf(x) := 2 if input.y\nq := 1\ndefault g(_) := 3", "data.a"),
  program("any_rule", "f(x) := x\nq := [1, 2]\nr contains x if some x in [3]", "data.a[x][y]"),
  program("any_data", "p if {\n some i, j\n data.b[i][j] == 2\n}", "data.a.p", undefined, { b: [[1], [2]] }),
  program("mock_builtin", "f(x) := 7 if {\n x == [1]\n}\np if {\n count([1]) == 7 with count as f\n}"),
  program(
    "mock_document",
    "f(x) := x\nr := 7 if input.x\np := y if {\n y := f(1) with f as r\n f(2) with f as r\n}",
    "data.a.p",
    { x: 1 },
  ),
  program(
    "mock_again",
    "q := input.x\np if {\n some x in [1, 2]\n q == x with input.x as 2\n q == 2 with input.x as x\n}",
  ),
  program(
    "ending",
    "q := x if {\n x := r\n y := s\n x != y\n}\nr := 1\ns := 2\np if {\n q\n}\nt if {\n p\n}",
    "data.a.t",
  ),
  program(
    "ending_loop",
    "q := x if {\n some x in [1, 1]\n some y in r\n y > 1\n}\nr := [1, 2, 3]\np if q == 1",
  ),
  program("ref_heads", 'p.x[k].z := 1 if some k in ["a", "b"]\np.y[k] := 2 if some k in ["c"]'),
  program("ref_shown", "q := [[1, 2], 3]\np if {\n some i\n q[0][1] == 2\n q[0][i] == 2\n}"),
  program(
    "closure_reads",
    "q contains 1\nr := 2\np if {\n [x | some x in q] == [1]\n {y | y := r} == {2}\n}",
  ),
  program("walk_no_path", "p contains x if {\n walk(input, [_, x])\n is_number(x)\n}", "data.a.p", {
    a: [1, { b: 2 }],
  }),
  program("walk_from", 'p contains [x, y] if {\n walk(input, [["a", x], y])\n}', "data.a.p", {
    a: [1, { b: 2 }],
  }),
  program(
    "forms",
    'f([x, y], z) := {"sum": [x, w], "z": z} if { w := x + y }\np := r if {\n a := 1\n b := [a, input.x]\n r := f(b, {"k": b})\n s := r\n s.sum[i] == 3\n [c, {"k": [d, e]}] = [b, s.z]\n {"g": g, "h": 2} = {"h": c[0] + 1, "g": d}\n}',
    "data.a.p",
    { x: 2 },
  ),
  program("same_var", "p if {\n [x, [x, y]] = [1, [1, 2]]\n {x, y} = {2, 1}\n}"),
  program("set_member", 's := {1, 2, "x"}\np if {\n some y in ["x", 2]\n s[y]\n y == s[k]\n k != 2\n}'),
  program(
    "fitted",
    'q contains [x, y] if {\n some x in [1, 2]\n some y in ["a", "b"]\n}\np contains y if q[[2, y]]',
  ),
  program("wide", 'p := "♙ß🥲" if input.x == "日本"', "data.a.p", { x: "日本" }),
];
