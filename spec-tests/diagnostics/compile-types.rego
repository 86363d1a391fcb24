# What no value can be.
---
package test

p if { startswith(1, "a") } ### rego_type_error: startswith: invalid argument(s)
---
package test

p if { x := startswith("a", 1) } ### rego_type_error: startswith: invalid argument(s)
---
package test

p if { 1 + "a" == 2 } ### rego_type_error: plus: invalid argument(s)
---
package test

p if { x := 1; x.y } ### rego_type_error: undefined ref: x.y
---
package test

p if { x := [1]; x.foo } ### rego_type_error: undefined ref: x.foo
---
package test

p if { x := {"a": 1}; x.b } ### rego_type_error: undefined ref: x.b
---
package test

p if { "a" == 1 } ### rego_type_error: match error
---
package test

p if { "a" = 1 } ### rego_type_error: match error
---
package test

p if { [1] = {1} } ### rego_type_error: match error
---
package test

p if { x := "a"; x = 1 } ### rego_type_error: match error
---
package test

p if { x := count("a"); x = "b" } ### rego_type_error: match error
---
package test

p if { sprintf("%s", "a") } ### rego_type_error: sprintf: invalid argument(s)
---
package test

p if { concat("a", 1) } ### rego_type_error: concat: invalid argument(s)
---
package test

p if { x := {1: 2}; x["a"] } ### rego_type_error: undefined ref: x.a
---
package test

p if { x := [1, 2]; x[3] } ### rego_type_error: undefined ref: x[3]
---
package test

p if { x := [1, 2]; x["a"] } ### rego_type_error: undefined ref: x.a
---
package test

p if { time.now_ns() == "a" } ### rego_type_error: match error
---
package test

p if { x := input.x; x.y.z == 1; startswith(x, 1) } ### rego_type_error: startswith: invalid argument(s)
---
package test

p if { abs("a") } ### rego_type_error: abs: invalid argument(s)
---
package test

p if { x := [1]; abs(x) } ### rego_type_error: abs: invalid argument(s)
---
package test

p if { json.patch({}, [{"op": 1}]) } ### rego_type_error: json.patch: invalid argument(s)
---
package test

p if { object.union({}, 1) } ### rego_type_error: object.union: invalid argument(s)
---
package test

p if { x := {"a": {"b": 1}}; x.a.c } ### rego_type_error: undefined ref: x.a.c
---
package test

p if { x := {"a": {"b": 1}}; x.a.b.c } ### rego_type_error: undefined ref: x.a.b.c
---
package test

p if { x := {{"a"}}; x[1] } ### rego_type_error: undefined ref: x[1]
---
package test

p if { rego.metadata.rule() == 1 } ### rego_type_error: match error
---
package test

p if { rego.metadata.chain(1) } ### rego_type_error: match error
---
package test

p if { x := 1; y := x[i] } ### rego_type_error: undefined ref: x[i]
---
package test

p if { trace(1) } ### rego_type_error: trace: invalid argument(s)
---
package test

p if { [1] & {1} } ### rego_type_error: and: invalid argument(s)
---
package test

p if { "a" * 2 } ### rego_type_error: mul: invalid argument(s)
---
package test

q := {"a": 1}
p if { q.b } ### rego_type_error: undefined ref: data.test.q.b
---
package test

q := 1
p if { q.b } ### rego_type_error: undefined ref: data.test.q.b
---
package test

q contains 1
p if { q.a } ### rego_type_error: undefined ref: data.test.q.a
---
package test

f(x) := x
p if { f } ### rego_type_error: function data.test.f used as reference, not called
---
package test

f(x) := x
p if { f.a } ### rego_type_error: function data.test.f.a used as reference, not called
---
package test

f(x) := 1
p if { f(1) = "a" } ### rego_type_error: match error
---
package test

q := data.test.p.x
p if { data.test.p2.x == 1 } ### rego_type_error: undefined ref: data.test.p2.x
p2 := {"y": 1}
---
package test

p contains x if { some x in q }
q := {"a": "b"}
r if { p[1] } ### rego_type_error: undefined ref: data.test.p[1]
---
package test

p := {"a": 1} if { true } else := "b"
q if { p.b } ### rego_type_error: undefined ref: data.test.p.b
---
package test

p[x] := y if { some x; y := [1][x] }
q if { p.a } ### rego_type_error: undefined ref: data.test.p.a
---
package test

p if { x := {"a": 1, "b": "c"}; x.a == "s" } ### rego_type_error: match error
---
package test

p if { x := [1, "a"]; x[_] == true } ### rego_type_error: match error
---
package test

p if { x := {1, "a"}; x[true] } ### rego_type_error: undefined ref: x[true]
---
package test

p if { f([1, 2]) } ### rego_type_error: data.test.f: invalid argument(s)
f([x]) := x
---
package test

p if { f({"a": 1}) } ### rego_type_error: data.test.f: invalid argument(s)
f({"b": x}) := x
---
package test

p if { f(1) } ### rego_type_error: data.test.f: invalid argument(s)
f("a") := 1
f("b") := 2
---
package test

p if { x := f(1); x.y } ### rego_type_error: undefined ref: x.y
f(x) := {"z": x}
---
package test

p if { some i; q[i].name == 1 } ### rego_type_error: match error
q := [{"name": "a"}, {"name": "b"}]
---
package test

p if { q.a.b.c } ### rego_type_error: undefined ref: data.test.q.a.b.c
q := {"a": {"b": {"d": 1}}}
---
package test

p if { q[_].x } ### rego_type_error: undefined ref: data.test.q[_].x
q contains {"y": 1}
---
package test

p if { q.x.y } ### rego_type_error: undefined ref: data.test.q.x.y
q[k] := v if { some k, v in {"a": {"z": 1}} }
---
package test

p if { input.a + "b" } ### rego_type_error: plus: invalid argument(s)
---
package test

p if { x := input.a; y := x + 1; startswith(y, "a") } ### rego_type_error: startswith: invalid argument(s)
---
package test

p if { json.unmarshal(1) } ### rego_type_error: json.unmarshal: invalid argument(s)
---
package test

p if { regex.match(input.x, 1) } ### rego_type_error: regex.match: invalid argument(s)
---
package test

p if { array.concat([1], {2}) } ### rego_type_error: array.concat: invalid argument(s)
---
package test

p if { {1} | {2} == {1, 2}; {1} | [2] } ### rego_type_error: or: invalid argument(s)
---
package test

p if { sum(["a"]) } ### rego_type_error: sum: invalid argument(s)
---
package test

p if { sum([1, "a"]) } ### rego_type_error: sum: invalid argument(s)
---
package test

p if { x := sum({1, 2}); x == "a" } ### rego_type_error: match error
---
package test

p if { max("a") } ### rego_type_error: max: invalid argument(s)
---
package test

p if { sort({"a": 1}) } ### rego_type_error: sort: invalid argument(s)
---
package test

p if { time.date("a") } ### rego_type_error: time.date: invalid argument(s)
---
package test

p if { format_int("1", 2) } ### rego_type_error: format_int: invalid argument(s)
---
package test

p if { net.cidr_contains("a", 1) } ### rego_type_error: net.cidr_contains: invalid argument(s)
---
package test

p if { object.keys([1]) } ### rego_type_error: object.keys: invalid argument(s)
---
package test

p if { object.union_n({}) } ### rego_type_error: object.union_n: invalid argument(s)
---
package test

p if { walk([1], [p1, 1, 2]) } ### rego_type_error: walk: invalid argument(s)
---
package test

p if { {"a": 1, "b": x} = {"a": "1", "b": y}; y = 1 } ### rego_type_error: match error
---
package test

p if { x := [[1, 2], [3]]; x[0][1].a } ### rego_type_error: undefined ref: x[0][1].a
---
package test

p if { x := {"a": [1, {"b": 2}]}; x.a[1].c } ### rego_type_error: undefined ref: x.a[1].c
---
package test

p if { x := {"very_long_key_name_number_one": {"nested": [1, 2, 3]}, "another_quite_long_key_name": "value"}; x == {"a": 1} } ### rego_type_error: match error
---
package test

p if { x := {"very_long_key_name_number_one": {"nested": [1, 2, 3]}, "another_quite_long_key_name": "value"}; startswith(x, "a") } ### rego_type_error: startswith: invalid argument(s)
---
package test

p if { 1 in {"a": "b"} } ### rego_type_error: match error
---
package test

p if { "a", 1 in {"a": "b"} } ### rego_type_error: match error
---
package test

p if { x := {"a"}; 1 in x } ### rego_type_error: match error
---
package test

p if { some x in {"a"}; x == 1 } ### rego_type_error: match error
---
package test

p if { some x in {"a": 1}; startswith(x, "a") } ### rego_type_error: startswith: invalid argument(s)
---
package test

p if { not startswith(1, "a") } ### rego_type_error: startswith: invalid argument(s)
---
package test

p if { x := [y | y := "a"]; x[0] == 1 } ### rego_type_error: match error
---
package test

p if { x := {y: 1 | y := "a"}; x.b == "s" } ### rego_type_error: match error
---
package test

p if { x := {y | y := "a"}; x[1] } ### rego_type_error: undefined ref: x[1]
---
package test

p if { count([x | x := 1; startswith(x, "a")]) } ### rego_type_error: startswith: invalid argument(s)
---
package test

p := [x | x := {"a": 1}.b] ### rego_type_error: undefined ref: {"a": 1}.b
---
package test

p if { {"a": 1}.b } ### rego_type_error: undefined ref: {"a": 1}.b
---
package test

p if { [1, 2]["a"] } ### rego_type_error: undefined ref: [1, 2].a
---
package test

p if { {1, 2}["a"] } ### rego_type_error: undefined ref: {1, 2}.a
---
package test

p if { f(1).b } ### rego_type_error: undefined ref: data.test.f(1).b
f(x) := {"a": x}
---
package test

p if { split("a", ",")[0].x } ### rego_type_error: undefined ref: split("a", ",")[0].x
---
package test

p if { split("a", ",").x } ### rego_type_error: undefined ref: split("a", ",").x
---
package test

p if { with_ := 1; with_.x } ### rego_type_error: undefined ref: with_.x
---
package test

p if { q.x with input as 1 } ### rego_type_error: undefined ref: data.test.q.x
q := {"y": 1}
---
package test

p if { r with data.test.q as {"x": 1} }
q := {"y": 1}
r := q.x ### rego_type_error: undefined ref: data.test.q.x
---
package test

p if { x := 1; x = y; y.z } ### rego_type_error: undefined ref: y.z
---
package test

p if { data.test.q.r } ### rego_type_error: undefined ref: data.test.q.r
q if { true }
---
package test

p contains x if { x := q.a }
q := {"a": 1}
r if { p.b } ### rego_type_error: undefined ref: data.test.p.b
---
package test

p[x] contains y if { x := "a"; y := 1 }
r if { p.a.b } ### rego_type_error: undefined ref: data.test.p.a.b
---
package test

p[x] contains y if { x := "a"; y := 1 }
r if { p[1] } ### rego_type_error: undefined ref: data.test.p[1]
---
package test

p.a := 1
p.b := "x"
r if { p.a == p.b } ### rego_type_error: match error
---
package test

p := 1 if { input.x }
p := "a" if { input.y }
r if { p == true } ### rego_type_error: match error
---
package test

p := 1 if { input.x }
p := "a" if { input.y }
r if { p.z } ### rego_type_error: undefined ref: data.test.p.z
---
package test

default p := false
p if { input.x }
r if { p == 1 } ### rego_type_error: match error
---
package test

f(x) := x + 1
p if { f("a") } ### rego_type_error: data.test.f: invalid argument(s)
---
package test

f(x) := startswith(x, "a")
p if { f(1) } ### rego_type_error: data.test.f: invalid argument(s)
---
package test

f(x) := y if { y := g(x) }
g(x) := count(x)
p if { f(1) } ### rego_type_error: data.test.f: invalid argument(s)
---
package test

f(x) := {"a": x} if { x > 0 } else := {"b": x}
p if { f(1).c } ### rego_type_error: undefined ref: data.test.f(1).c
---
package test

p if { a.b.c } ### rego_type_error: undefined ref: data.test.a.b.c
a.b := {"d": 1}
---
package test

p if { a.b[x] == 1; x == 2 } ### rego_type_error: match error
a.b := {"d": 1}
---
package test

p if { x := {"a": null}; x.a == 1 } ### rego_type_error: match error
---
package test

p if { x := null; x.a } ### rego_type_error: undefined ref: x.a
---
package test

p if { x := "s"; x[0] } ### rego_type_error: undefined ref: x[0]
---
package test

p if { 1 == 1.0; 1 == "1" } ### rego_type_error: match error
---
package test

p if { x := 1 / "a" } ### rego_type_error: div: invalid argument(s)
---
package test

p if { x := -input.y; x == "a" } ### rego_type_error: match error
---
package test

p if { not 1 == "a" } ### rego_type_error: match error
---
package test

p if { crypto.sha256(1) } ### rego_type_error: crypto.sha256: invalid argument(s)
---
package test

p if { base64.encode([1]) } ### rego_type_error: base64.encode: invalid argument(s)
---
package test

p if { strings.replace_n({"a": 1}, "b") } ### rego_type_error: strings.replace_n: invalid argument(s)
---
package test

p if { json.filter({}, 1) } ### rego_type_error: json.filter: invalid argument(s)
---
package test

p if { json.filter({}, [1]) } ### rego_type_error: json.filter: invalid argument(s)
---
package test

p if { graph.reachable({"a": 1}, {"a"}) } ### rego_type_error: graph.reachable: invalid argument(s)
---
package test

p if { numbers.range("a", 1) } ### rego_type_error: numbers.range: invalid argument(s)
---
package test

p if { union({1}) } ### rego_type_error: union: invalid argument(s)
---
package test

p if { union({{1}, 1}) } ### rego_type_error: union: invalid argument(s)
---
package test

p if { intersection([{1}]) } ### rego_type_error: intersection: invalid argument(s)
---
package test

p if { units.parse(1) } ### rego_type_error: units.parse: invalid argument(s)
---
package test

p if { semver.compare(1, 2) } ### rego_type_error: semver.compare: invalid argument(s)
---
package test

p if { io.jwt.decode(1) } ### rego_type_error: io.jwt.decode: invalid argument(s)
---
package test

p if { io.jwt.decode("a")[3] } ### rego_type_error: undefined ref: io.jwt.decode("a")[3]
---
package test

p if { uuid.rfc4122(1) } ### rego_type_error: uuid.rfc4122: invalid argument(s)
---
package test

p if { http.send("a") } ### rego_type_error: http.send: invalid argument(s)
---
package test

p if { sprintf("a", ["b"], 1) } ### rego_type_error: sprintf: invalid argument(s)
---
package test

p if { x := sprintf("a", ["b"]); x.y } ### rego_type_error: undefined ref: x.y
---
package a

p if { count(1) } ### rego_type_error: count: invalid argument(s)
---
package a

p if { plus(1, "a") == 3 } ### rego_type_error: plus: invalid argument(s)
---
package a

q := 1
p if { q.x } ### rego_type_error: undefined ref: data.a.q.x
---
package a

p if { q.x.y == 1 } ### rego_type_error: undefined ref: data.a.q.x.y
q := {"x": {"z": 1}}
---
package a

p if { q[3] == 1 } ### rego_type_error: undefined ref: data.a.q[3]
q := [1, 2]
---
package a

p if { q["a"] == 1 } ### rego_type_error: undefined ref: data.a.q.a
q := [1, 2]
---
package a

p if { q[1] } ### rego_type_error: undefined ref: data.a.q[1]
q contains "a"
---
package a

p if { x := 1; x = "a" } ### rego_type_error: match error
---
package a

p if { 1 == "a" } ### rego_type_error: match error
---
package a

p if { x = 1; x = null } ### rego_type_error: match error
---
package a

p if { f(1) = "a" } ### rego_type_error: match error
f(x) := 1
---
package a

p if { [x, "a"] = [1, 2]; x } ### rego_type_error: match error
---
package a

p := any([true]) ### rego_type_error: deprecated built-in function calls in expression: any
q := re_match("a", "b") ### rego_type_error: deprecated built-in function calls in expression: re_match
r := [cast_string("a"), set_diff({1}, {2})] ### rego_type_error: deprecated built-in function calls in expression: cast_string ### rego_type_error: deprecated built-in function calls in expression: set_diff
---
package a

p := x if { some {"a": input, "b": x} in [1, 2] } ### rego_type_error: match error
