# Names that hide a root document or one another.
---
package a

data := 1 ### rego_compile_error: rules must not shadow data (use a different rule name)
---
package a

data.x := 1 ### rego_compile_error: rules must not shadow data (use a different rule name)
---
package a

input if { true } ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package a

p if { some count; count([]) == 1 } ### rego_compile_error: called function count shadowed
---
package a

import data.x
import data.y.x ### rego_compile_error: import must not shadow import data.x
import data.z as x ### rego_compile_error: import must not shadow import data.x
---
package a

f(data) := 1 ### rego_compile_error: args must not shadow data (use a different variable name)
g(input.x) := 1
---
package a

p if { input := 1; [data] := [2] } ### rego_compile_error: variables must not shadow input (use a different variable name)
---
package a

f([input, data.x]) := 1 ### rego_compile_error: args must not shadow input (use a different variable name)
---
package a

f({input: data}) := 1 ### rego_compile_error: args must not shadow data (use a different variable name)
---
package a

f({"a": data}) := 1 ### rego_compile_error: args must not shadow data (use a different variable name)
---
package a

import input
input.x := 1 ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package a

default input := 1 ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package a

input contains 1 ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package a

p if { input := 1; input == 1 } ### rego_compile_error: variables must not shadow input (use a different variable name)
