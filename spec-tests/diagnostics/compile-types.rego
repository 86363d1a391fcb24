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
