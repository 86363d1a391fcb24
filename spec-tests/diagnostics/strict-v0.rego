# version: v0 strict
---
package a
import data.x ### rego_compile_error: import data.x unused
---
package a
import data.x
import data.x ### rego_compile_error: import must not shadow import data.x
p = x
---
package a
p { x := 1 } ### rego_compile_error: assigned var x unused
---
package a
f(x) = 1 ### rego_compile_error: unused argument x. (hint: use _ (wildcard variable) instead)
---
package a
input = 1 ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package a
p { data := 1 } ### rego_compile_error: assigned var data unused ### rego_compile_error: variables must not shadow data (use a different variable name)
---
package a
f(input) = 1 ### rego_compile_error: args must not shadow input (use a different variable name)
---
package a
p { any([true]) } ### rego_type_error: deprecated built-in function calls in expression: any
---
package a
p { re_match("a", "b") } ### rego_type_error: deprecated built-in function calls in expression: re_match
---
package a
p { set_diff({1}, {2}) } ### rego_type_error: deprecated built-in function calls in expression: set_diff
---
package a
p { x = 1 }
---
package a
p[x] { x := 1; y := 2 } ### rego_compile_error: assigned var y unused
---
package a
import future.keywords.in
p { 1 in [1] }
---
package a
import rego.v1
p if { x := 1 } ### rego_compile_error: assigned var x unused
