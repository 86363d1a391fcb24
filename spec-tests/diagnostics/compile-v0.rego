# version: v0
# Rego v0 modules the compiler refuses.
---
package test

p { x == 2 } ### rego_unsafe_var_error: var x is unsafe
---
package test

p[x] { y := 1 } ### rego_unsafe_var_error: var x is unsafe
---
package test

p = x { y := 1 } ### rego_unsafe_var_error: var x is unsafe
---
package test

f(input) = 1 ### rego_compile_error: args must not shadow input (use a different variable name)
---
package test

p(x) if { x == 2 } ### rego_unsafe_var_error: var x is unsafe in rule if
---
package test

import rego.v1
p if { any([true]) } ### rego_type_error: deprecated built-in function calls in expression: any
---
package test

import rego.v1
p if { input := 1 } ### rego_compile_error: variables must not shadow input (use a different variable name)
---
package test

import rego.v1
import data.foo
import data.bar.foo ### rego_compile_error: import must not shadow import data.foo
p if foo
---
package test

import future.keywords.every
p { every x in [1] { x == y } } ### rego_unsafe_var_error: var y is unsafe
---
package test

p { not x } ### rego_unsafe_var_error: var x is unsafe
---
package test

p { x := 1 } { x := y } ### rego_unsafe_var_error: var y is unsafe
---
package test

p { true } else = x { y := 1 } ### rego_unsafe_var_error: var x is unsafe
---
package test

p[x] = y { x = 1 } ### rego_unsafe_var_error: var y is unsafe
---
package test

p.q.r { x } ### rego_unsafe_var_error: var x is unsafe
---
package test

p["a"] { true } ### rego_type_error: conflicting rules data.test.p found
p = 1 { true }
---
package test

p[1] { true } ### rego_type_error: conflicting rules data.test.p[x] found
p[x] = 2 { x = 1 }
---
package test ### rego_type_error: multiple default rules data.test.p found at test.rego:3, test.rego:4

default p = 1
default p = 2
---
package test

p { q[x] }
q[y] { p } ### rego_unsafe_var_error: var y is unsafe
---
package test

p { count(x, y) } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package test

p { set_diff({1}, {2}) == x } ### rego_unsafe_var_error: var x is unsafe
---
package test

p = [x | y := 1] ### rego_unsafe_var_error: var x is unsafe
---
package test

p { x = _ } ### rego_unsafe_var_error: var _ is unsafe ### rego_unsafe_var_error: var x is unsafe
---
package test

p[_] { true } ### rego_unsafe_var_error: var _ is unsafe
---
package test

p = _ { true } ### rego_unsafe_var_error: var _ is unsafe
---
package test

violation[{"msg": msg}] { msg := sprintf("%v", [x]); x := input.y } ### rego_compile_error: var x referenced above
---
package test

violation[{"msg": msg}] { x := input.y } ### rego_unsafe_var_error: var msg is unsafe
---
package test

violation[{"msg": msg}] { msg := sprintf("%v", [y]) } ### rego_unsafe_var_error: var y is unsafe
---
package test

p { input.a.b[_].c = x; x > y } ### rego_unsafe_var_error: var y is unsafe
---
package test

p { to_number("1") + "a" } ### rego_type_error: plus: invalid argument(s)
---
package test

p { x := input.x[i]; not startswith(x, y[i]) } ### rego_unsafe_var_error: var y is unsafe
---
package test

p { not f(x) } ### rego_unsafe_var_error: var x is unsafe
f(y) { y }
---
package test

p { trace("a"); x } ### rego_unsafe_var_error: var x is unsafe
---
package a

p { if } ### rego_unsafe_var_error: var if is unsafe (hint: `import future.keywords.if` to import a future keyword)
---
package a

p { every } ### rego_unsafe_var_error: var every is unsafe (hint: `import future.keywords.every` to import a future keyword)
---
package a

p { contains } ### rego_unsafe_var_error: var contains is unsafe (hint: `import future.keywords.contains` to import a future keyword)
---
package a

p { in } ### rego_unsafe_var_error: var in is unsafe (hint: `import future.keywords.in` to import a future keyword)
---
package a

p { and; or } ### rego_unsafe_var_error: var and is unsafe (hint: `import future.keywords.and` to import a future keyword) ### rego_unsafe_var_error: var or is unsafe (hint: `import future.keywords.or` to import a future keyword)
---
package a

p { in; x } ### rego_unsafe_var_error: var in is unsafe (hint: `import future.keywords.in` to import a future keyword) ### rego_unsafe_var_error: var x is unsafe
---
package a

p { in == 1 } ### rego_unsafe_var_error: var in is unsafe (hint: `import future.keywords.in` to import a future keyword)
---
package a

p { not in } ### rego_unsafe_var_error: var in is unsafe (hint: `import future.keywords.in` to import a future keyword)
---
package a

p { {1} = [in] } ### rego_unsafe_var_error: var in is unsafe (hint: `import future.keywords.in` to import a future keyword)
---
package a

import rego.v1

f(input) := 1 ### rego_compile_error: args must not shadow input (use a different variable name)

data := 1

p if { input := 1 }
---
package a

import rego.v1

p if any([true]) ### rego_type_error: deprecated built-in function calls in expression: any
---
package a

import rego.v1
import data.x
import data.y.x ### rego_compile_error: import must not shadow import data.x
---
package a

input { true }
data = 1
f(input) = 1 ### rego_compile_error: args must not shadow input (use a different variable name)
f(input.x) = 1
---
package a

p { x = 1 } { y } ### rego_unsafe_var_error: var y is unsafe
---
package a

p.q.r[x] { x = y } ### rego_unsafe_var_error: var x is unsafe ### rego_unsafe_var_error: var y is unsafe
---
package a

p[input.x] = 1 { y } ### rego_unsafe_var_error: var y is unsafe
---
package a

f(x) = y { true } ### rego_unsafe_var_error: var y is unsafe
---
package a

f(x, x) = y ### rego_unsafe_var_error: var y is unsafe
---
package a

f(count(x)) = 1 ### rego_compile_error: rule arguments cannot contain calls
---
package a

f([x, {"a": y}]) = z ### rego_unsafe_var_error: var z is unsafe
---
package a

p = x { not x = 1 } ### rego_unsafe_var_error: var x is unsafe
---
package a

p { q[x]; not r[y] } ### rego_unsafe_var_error: var y is unsafe
q = [1]
r = [1]
---
package a

p { input.x[_] = count(_) } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p { count(_) } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p { {_: 1} } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p { [1 | _ > 1] } ### rego_unsafe_var_error: var _ is unsafe
---
package a

p = {"a": _} ### rego_unsafe_var_error: var _ is unsafe
---
package a

p { x = _; x > 1 } ### rego_unsafe_var_error: var _ is unsafe ### rego_unsafe_var_error: var x is unsafe
---
package a

p { _ > 1 } ### rego_unsafe_var_error: var _ is unsafe
