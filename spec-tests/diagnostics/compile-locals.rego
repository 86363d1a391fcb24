# Declarations of vars, imports and names that are not theirs to take.
---
package test

p if { x := 1; x := 2 } ### rego_compile_error: var x assigned above
---
package test

p if { x = 1; x := 2 } ### rego_compile_error: var x referenced above
---
package test

p if { some x; x := 2 } ### rego_compile_error: var x declared above
---
package test

p if { x := 1; some x; x == 1 } ### rego_compile_error: var x assigned above
---
package test

p if { some x, x; x = 1 } ### rego_compile_error: var x declared above
---
package test

p if { some x in [1]; some x in [2] } ### rego_compile_error: var x declared above
---
package test

p(x) if { x := 1 } ### rego_compile_error: arg x redeclared
---
package test

p(x) if { some x; x = 1 } ### rego_compile_error: arg x redeclared
---
package test

p if { input.x := 1 } ### rego_compile_error: cannot assign to ref
---
package test

p if { 1 := 2 } ### rego_compile_error: cannot assign to number
---
package test

p if { "a" := 2 } ### rego_compile_error: cannot assign to string
---
package test

p if { [x, 1] := [1, 2] } ### rego_compile_error: cannot assign to number
---
package test

p if { {x} := {1} } ### rego_compile_error: cannot assign to set
---
package test

p if { f(x) := 1 } ### rego_compile_error: cannot assign to call
---
package test

p if { [y | y = 1] := 1 } ### rego_compile_error: cannot assign to arraycomprehension
---
package test

p if { some x } ### rego_compile_error: declared var x unused
---
package test

p if { some x; true } ### rego_compile_error: declared var x unused
---
package test

p if { some x, y; x = 1 } ### rego_compile_error: declared var y unused
---
package test

p if { every x in [1] { x := 2; x } } ### rego_compile_error: var x declared above
---
package test

p if { every x in [1] { true } } ### rego_compile_error: declared var x unused
---
package test

p if { every k, v in [1] { true } } ### rego_compile_error: declared var k unused ### rego_compile_error: declared var v unused
---
package test

p if { input := 1; input } ### rego_compile_error: variables must not shadow input (use a different variable name)
---
package test

input := 1 ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package test

f(input) := 1 ### rego_compile_error: args must not shadow input (use a different variable name)
---
package test

f(data) := 1 ### rego_compile_error: args must not shadow data (use a different variable name)
---
package test

p if { data := 1; data } ### rego_compile_error: variables must not shadow data (use a different variable name)
---
package test

p if { $"{foo(x)}"; x := 1 } ### rego_compile_error: var x referenced above
---
package test

p if { some k, v in x; x := {} } ### rego_compile_error: var x referenced above
---
package test

p if { some x in [x] } ### rego_compile_error: var x assigned before
---
package test

p if { some x, y in [x] } ### rego_compile_error: var x assigned before
---
package test

p(count(x)) := x ### rego_compile_error: rule arguments cannot contain calls
---
package test

import data.foo
import data.bar.foo ### rego_compile_error: import must not shadow import data.foo
p := foo
---
package test

import future.keywords.not
p if { not x := 1 } ### rego_compile_error: cannot assign vars inside negated expression
---
package test

import data.foo.x
import input.x as x ### rego_compile_error: import must not shadow import data.foo.x
p := x
---
package a

p if { input.x := 2 } ### rego_compile_error: cannot assign to ref
---
package a

p if { f(1) := 2 } ### rego_compile_error: cannot assign to call
---
package a

p if { "a" := 2; true := 1; null := 1 } ### rego_compile_error: cannot assign to string ### rego_compile_error: cannot assign to boolean ### rego_compile_error: cannot assign to null
---
package a

p if { some x; x := 2; x = 1 } ### rego_compile_error: var x declared above
---
package a

p if { x = 1; some x; x = 2 } ### rego_compile_error: var x referenced above
---
package a

f(x) if { x := 1 } ### rego_compile_error: arg x redeclared
---
package a

f(x) if { some x; x = 1 } ### rego_compile_error: arg x redeclared
---
package a

p if { not x := 1 } ### rego_compile_error: cannot assign vars inside negated expression
---
package a

p if { some input, data; true } ### rego_compile_error: declared var data unused ### rego_compile_error: declared var input unused
