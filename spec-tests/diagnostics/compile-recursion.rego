# Rules that depend on themselves, for certain or perhaps.
---
package test

p if { p } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
---
package test

p if { data.test.p } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
---
package test

p if { data[x].p; x = "a" } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
---
package test

f(x) := f(x) ### rego_recursion_error: rule data.test.f is recursive: data.test.f -> data.test.f
---
package test

p if { q } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.q -> data.test.p
q if { p } ### rego_recursion_error: rule data.test.q is recursive: data.test.q -> data.test.p -> data.test.q
---
package test

p if { count(q) == 1 } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.q -> data.test.r -> data.test.s -> data.test.p
q contains r ### rego_recursion_error: rule data.test.q is recursive: data.test.q -> data.test.r -> data.test.s -> data.test.p -> data.test.q
r := s ### rego_recursion_error: rule data.test.r is recursive: data.test.r -> data.test.s -> data.test.p -> data.test.q -> data.test.r
s if { p } ### rego_recursion_error: rule data.test.s is recursive: data.test.s -> data.test.p -> data.test.q -> data.test.r -> data.test.s
---
package test

p := f(1) ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.f -> data.test.p
f(x) := p ### rego_recursion_error: rule data.test.f is recursive: data.test.f -> data.test.p -> data.test.f
---
package test

p if { x := data.test[y]; y == "q" } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
q := 1
---
package test

f(x) := y if { y := g(x) } ### rego_recursion_error: rule data.test.f is recursive: data.test.f -> data.test.g -> data.test.f
g(x) := f(x) ### rego_recursion_error: rule data.test.g is recursive: data.test.g -> data.test.f -> data.test.g
---
package test

p if { not q } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.q -> data.test.p
q if { not p } ### rego_recursion_error: rule data.test.q is recursive: data.test.q -> data.test.p -> data.test.q
---
package test

p := [x | q[x]] ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.q -> data.test.p
q contains y if { some y in p } ### rego_recursion_error: rule data.test.q is recursive: data.test.q -> data.test.p -> data.test.q
---
package test

p if { some root in ["test"]; data[root].p } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
---
package test

p if { x := input.x; data.test[x] } ### rego_recursion_error: rule data.test.p may be recursive: data.test.p -> data.test.p (data.test[x] refers to data.test.p if x is "p" (x comes from input.x))
q := 1
---
package test

p if { data.test[input.x] } ### rego_recursion_error: rule data.test.p may be recursive: data.test.p -> data.test.p (data.test[input.x] refers to data.test.p if input.x is "p")
q := 1
---
package test

p if { data[_].p } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
---
package test

p if { data.test[x]; x == "q" } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
q := 1
---
package test

p contains x if { x := data.test[y]; y != "p" } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
q := 1
---
package test

p if { some x; data.test[x].a } ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.p
q := {"a": 1}
---
package test

p[x] := 1 if { x := data.test.p[y]; y == 1 } ### rego_recursion_error: rule data.test.p[x] is recursive: data.test.p[x] -> data.test.p[x]
---
package test

p[x] := y if { some x in [1]; y := data.test.p.foo } ### rego_recursion_error: rule data.test.p[x] is recursive: data.test.p[x] -> data.test.p[x]
---
package test

p.a := 1 if { data.test.p[x] == 1; x == "b" } ### rego_recursion_error: rule data.test.p.a is recursive: data.test.p.a -> data.test.p.a
p.b := 2
---
package test

q := data.test ### rego_recursion_error: rule data.test.q is recursive: data.test.q -> data.test.q
p := 1
---
package test

f(x) := data.test[x] ### rego_recursion_error: rule data.test.f may be recursive: data.test.f -> data.test.f (data.test[x] refers to data.test.f if x is "f" (x is an argument of data.test.f))
p := f("q") ### rego_recursion_error: rule data.test.p may be recursive: data.test.p -> data.test.f -> data.test.p (data.test[x] in data.test.f refers to data.test.p if x is "p" (x is an argument of data.test.f))
q := 1
---
package test

p := [x | x := data.test[_]] ### rego_recursion_error: rule data.test.p may be recursive: data.test.p -> data.test.p (data.test[_] refers to data.test.p if _ is "p")
---
package test

p := {"a": data.test.q} ### rego_recursion_error: rule data.test.p is recursive: data.test.p -> data.test.q -> data.test.r[x] -> data.test.p
q := data.test.r[input.z] ### rego_recursion_error: rule data.test.q is recursive: data.test.q -> data.test.r[x] -> data.test.p -> data.test.q
r[x] := 1 if { x := p } ### rego_recursion_error: rule data.test.r[x] is recursive: data.test.r[x] -> data.test.p -> data.test.q -> data.test.r[x]
---
package a

p if { input = 1; data = 2 } ### rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.p
---
package a

p if { some input, data in [1]; true } ### rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.p
---
package a

p if { input == 1 with input as 2 with data as 3 } ### rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.p
---
package a

p := x if { some x, data in [1] } ### rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.p
---
package a

p if { some data in [1]; true } ### rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.p
---
package a

p if { some x, [data] in [1]; x } ### rego_recursion_error: rule data.a.p is recursive: data.a.p -> data.a.p
