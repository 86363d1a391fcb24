# version: v1 strict
---
package a
import data.x ### rego_compile_error: import data.x unused
---
package a
import data.x
import data.y as x ### rego_compile_error: import must not shadow import data.x
p := x
---
package a
import data.x
import data.x ### rego_compile_error: import must not shadow import data.x
p := x
---
package a
p if { x := 1 } ### rego_compile_error: assigned var x unused
---
package a
p if { x := 1; y := x; z := y } ### rego_compile_error: assigned var z unused
---
package a
f(x) := 1 ### rego_compile_error: unused argument x. (hint: use _ (wildcard variable) instead)
---
package a
f(x, y) := x ### rego_compile_error: unused argument y. (hint: use _ (wildcard variable) instead)
---
package a
f({"a": x}) := 1 ### rego_compile_error: unused argument x. (hint: use _ (wildcard variable) instead)
---
package a
p if { some x in [1] }
---
package a
p if { some i, x in [1]; x }
---
package a
p if { every x in [1] { true } } ### rego_compile_error: declared var x unused
---
package a
p := {x | y := 1; x := 2} ### rego_compile_error: assigned var y unused
---
package a
input := 1 ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package a
p if { data := 1 } ### rego_compile_error: assigned var data unused ### rego_compile_error: variables must not shadow data (use a different variable name)
---
package a
f(input) := 1 ### rego_compile_error: args must not shadow input (use a different variable name)
---
package a
p if any([true]) ### rego_type_error: deprecated built-in function calls in expression: any
---
package a
p := {x | some x, y in [1]}
---
package a
p if { [x, y] := [1, 2]; x } ### rego_compile_error: assigned var y unused
---
package a
p if { {"a": x} := {"a": 1} } ### rego_compile_error: assigned var x unused
---
package a
p := [1 | x := 1] ### rego_compile_error: assigned var x unused
---
package a
f(x) if { true } else := x
---
package a
f(_) := 1
---
package a
p if { some x; x = 1 }
---
package a
p if { some x; true } ### rego_compile_error: declared var x unused
---
package a
p if { print(x) } ### rego_compile_error: var x is undeclared
---
package a
import input as i ### rego_compile_error: import input as i unused
p := 1
---
package a
import rego.v1
p := 1
---
package a
import future.keywords.in
p := 1
