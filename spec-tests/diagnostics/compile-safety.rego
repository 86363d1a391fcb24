# Vars that nothing binds.
---
package test

p if { x == 2 } ### rego_unsafe_var_error: var x is unsafe
---
package test

p := x if { y := 1 } ### rego_unsafe_var_error: var x is unsafe
---
package test

p contains x if { true } ### rego_unsafe_var_error: var x is unsafe
---
package test

p[x] := 1 if { true } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { not x } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { not x == 1; y := 2 } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { every x in [1] { y == x } } ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { x := [y | y = z[_]]; z := x } ### rego_unsafe_var_error: var _ is unsafe ### rego_unsafe_var_error: var y is unsafe ### rego_unsafe_var_error: var z is unsafe
---
package test

p if { x = [y | y = x] } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { count(x) == 1 } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { true with input as x } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { not count(y) } ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { x == 1; x == 2; z == 3 } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var z is unsafe
---
package test

p := {x | y == 1} ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package test

p := {x | x == 1} ### rego_unsafe_var_error: var x is unsafe
---
package test

p := {x: y | x = 1} ### rego_unsafe_var_error: var y is unsafe
---
package test

p := [x | not x] ### rego_unsafe_var_error: var x is unsafe
---
package test

p[x] := y if { x = 1 } ### rego_unsafe_var_error: var y is unsafe
---
package test

p contains y if { x = 1 } ### rego_unsafe_var_error: var y is unsafe
---
package test

p := $"{x}" ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { $"{x}" } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { some x in y } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { x in y } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { not input.b[i] } ### rego_unsafe_var_error: var i is unsafe
---
package test

p if { not input.b[_] } ### rego_unsafe_var_error: var _ is unsafe
---
package test

p if { x := {y: 1} } ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { {y: 1} = {"a": 1} } ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { {y} = {1} } ### rego_unsafe_var_error: var y is unsafe
---
package test

p(input.x) := 1 ### rego_unsafe_var_error: var input is unsafe
---
package test

p if { x = y; y = x } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { x + y == 3; x = 1 } ### rego_unsafe_var_error: var y is unsafe
---
package test

p if { plus(x, 1, 2) } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { y = 1 + z } ### rego_unsafe_var_error: var y is unsafe ### rego_unsafe_var_error: var z is unsafe
---
package test

p if { x := 1 } else := y if { z := 1 } ### rego_unsafe_var_error: var y is unsafe
---
package test

p := x if { x := 1 } else := x if { true } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { x == 2 } q if { true } ### rego_unsafe_var_error: var x is unsafe in rule p
---
package test

p.q.r if { x == 2 } q if { true } ### rego_unsafe_var_error: var x is unsafe in rule p.q.r
---
package test

import data.foo
p := foo.bar
q := baz ### rego_unsafe_var_error: var baz is unsafe
---
package test

import future.keywords.not
p if { not { x == 1 } } ### rego_unsafe_var_error: var x is unsafe
---
package test

import future.keywords.not
p if { not x == 1 } ### rego_unsafe_var_error: var x is unsafe
---
package test

f(_) := 1
p if { f(x) } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { [x, y, z] = [1, 2] } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe ### rego_unsafe_var_error: var z is unsafe
---
package test

p if { {"a": x} = {"b": 1} } ### rego_unsafe_var_error: var x is unsafe
---
package test

p if { true.a } ### rego_unsafe_var_error: var true is unsafe
---
package a

p := contains ### rego_unsafe_var_error: var contains is unsafe
---
package a

p if { x in [1, 2]; x, y in [1] } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package a

p if { not x; not y } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package a

p if { {x | y} } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package a

p if { not [1 | z] } ### rego_unsafe_var_error: var z is unsafe
---
package a

p if { [x, f(y)] = [1, 2] } ### rego_unsafe_var_error: var y is unsafe
f(x) := x
---
package a

p if { x = {y: 1} } ### rego_unsafe_var_error: var y is unsafe
---
package a

p if { f({x: f(y)}) } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
f(x) := x
---
package a

p[f(x)] := 1 ### rego_unsafe_var_error: var x is unsafe
f(x) := x
---
package a

p if { input[f(y)] } ### rego_unsafe_var_error: var y is unsafe
f(x) := x
---
package a

p if { f(_) } ### rego_unsafe_var_error: var _ is unsafe
f(x) := x
---
package a

p if { _ == 1 } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p if { not _ = 1 } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p if { every x in y { x } } ### rego_unsafe_var_error: var y is unsafe
---
package a

p if { every x in [1] { y } } ### rego_compile_error: declared var x unused ### rego_unsafe_var_error: var y is unsafe
---
package a

p if { x with input as y } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package a

p[x].q(y) := y ### rego_unsafe_var_error: var x is unsafe
---
package a

p if { [1, 2] = [x] } ### rego_unsafe_var_error: var x is unsafe
---
package a

p if { {"a": 1} = {"b": x} } ### rego_unsafe_var_error: var x is unsafe
---
package a

p if { x1; x2; x3; x4; x5; x6; x7; x8; x9; x10; x11 } ### rego_unsafe_var_error: var x1 is unsafe ### rego_unsafe_var_error: var x2 is unsafe ### rego_unsafe_var_error: var x3 is unsafe ### rego_unsafe_var_error: var x4 is unsafe ### rego_unsafe_var_error: var x5 is unsafe ### rego_unsafe_var_error: var x6 is unsafe ### rego_unsafe_var_error: var x7 is unsafe ### rego_unsafe_var_error: var x8 is unsafe ### rego_unsafe_var_error: var x9 is unsafe ### rego_unsafe_var_error: var x10 is unsafe ### nowhere: rego_compile_error: error limit reached
---
package a

p if { count(_) } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p if { {_: 1} } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p if { _ > 1 } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p := {"a": _} ### rego_unsafe_var_error: var _ is unsafe
---
package a

p if { [1 | _ > 1] } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p if { x = _; x > 1 } ### rego_unsafe_var_error: var _ is unsafe ### rego_unsafe_var_error: var x is unsafe
---
package a

p if { f(count(_)) } ### rego_unsafe_var_error: var _ is unsafe
f(x) := x
