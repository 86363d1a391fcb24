# Calls of what is no function, or with too many or too few args.
---
package test

p if { count() } ### rego_type_error: count: arity mismatch
---
package test

p if { count(1, 2, 3) } ### rego_type_error: count: arity mismatch
---
package test

p if { foo(1) } ### rego_type_error: undefined function foo
---
package test

p if { data.foo.bar(1) } ### rego_type_error: undefined function data.foo.bar
---
package test

p if { x := foo(1) + 1 } ### rego_type_error: undefined function foo
---
package test

p if { starstwith("a", "b") } ### rego_type_error: undefined function starstwith
---
package test

p if { print(1) == 2 } ### rego_type_error: print(1) used as value
---
package test

p := print(1) ### rego_type_error: print(1) used as value
---
package test

p if { x := print(1); x } ### rego_type_error: print(1) used as value
---
package test

p if { any([true]) } ### rego_type_error: deprecated built-in function calls in expression: any
---
package test

p if { f := 1; f(2) } ### rego_type_error: undefined function f
---
package test

p if { input.foo.bar(1) } ### rego_type_error: undefined function input.foo.bar
---
package test

p if { input(1) } ### rego_type_error: undefined function input
---
package test

p if { trim("a", 1, 2, 3) } ### rego_type_error: trim: arity mismatch
---
package test

p if { is_number() } ### rego_type_error: is_number: arity mismatch
---
package test

p if { minus(1) } ### rego_type_error: minus: arity mismatch
---
package test

f(x) := x
p if { f(1, 2, 3) } ### rego_type_error: function data.test.f has arity 1, got 3 arguments
---
package test

f(x) := x
p if { f() } ### rego_type_error: function data.test.f has arity 1, got 0 arguments
---
package test

p := all([true]) ### rego_type_error: deprecated built-in function calls in expression: all
---
package test

f(x, y) := x
p if { count([1]) with count as f } ### rego_type_error: count: arity mismatch
---
package test

p if { time.parse_ns("a") } ### rego_type_error: time.parse_ns: arity mismatch
---
package test

p if { f(1, 2) with f as g } ### rego_type_error: data.test.f: arity mismatch
f(x, y) := x
g(x) := x
---
package test

p if { count("a") with count as startswith } ### rego_type_error: count: arity mismatch
---
package test

p if { rego.parse_module("a") } ### rego_type_error: rego.parse_module: arity mismatch
---
package a

p if { f := 1; f(2) } ### rego_type_error: undefined function f
f(x) := x
---
package a

f(g, x) := g(x) ### rego_type_error: undefined function g
g(x) := 1
---
package a

p if { f(1) } ### rego_type_error: undefined function f
---
package a

p if { data.b.f(1) } ### rego_type_error: undefined function data.b.f
---
package a

p if { input.f(1) } ### rego_type_error: undefined function input.f
---
package a

f(x, y) := x
p := f(1) ### rego_type_error: function data.a.f has arity 2, got 1 argument
---
package a

f(x, y) := x
p := f(1, 2, 3, 4) ### rego_type_error: function data.a.f has arity 2, got 4 arguments
---
package a

p if { f(1, 2, 3) } ### rego_type_error: function data.a.f has arity 1, got 3 arguments
f(x) := x
---
package a

p if { count([1], 2, 3) } ### rego_type_error: count: arity mismatch
---
package a

p if { plus(1) } ### rego_type_error: plus: arity mismatch
---
package a

p if { io.jwt.decode() } ### rego_type_error: io.jwt.decode: arity mismatch
---
package a

p := f ### rego_type_error: function data.a.f used as reference, not called
f(x) := x
---
package a

p if { f.x } ### rego_type_error: function data.a.f.x used as reference, not called
f(x) := x
