# version: v0
---
package a
some x in xs
p { ] } ### rego_parse_error: unexpected ] token (hint: `import future.keywords.in` for `some x in xs` expressions)
---
package a
every x in xs { x }
p { ] } ### rego_parse_error: unexpected ] token (hint: `import future.keywords.every` for `every x in xs { ... }` expressions)
---
package a
some x in xs
every x in xs { x }
p { ] } ### rego_parse_error: unexpected ] token (hints: `import future.keywords.in` for `some x in xs` expressions, `import future.keywords.every` for `every x in xs { ... }` expressions)
---
package a
p { x and y } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.and` for `x and y` expressions)
---
package a
p { x or y } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.or` for `x or y` expressions)
---
package a
p { x, y ### rego_parse_error: unexpected , token: expected \n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)
 in xs }
---
package a
p { every x in xs } ### rego_parse_error: unexpected identifier token: expected \n or ; or }
---
package a
p { some x in {: 1} } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)
---
package a
p { f(x in xs) } ### rego_parse_error: unexpected identifier token: expected "," or ")"
---
package a
p { [x in xs] } ### rego_parse_error: unexpected identifier token: expected "," or "]"
---
package a
p { not x in xs } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)
---
package a
p { {x | some x in xs} } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.in` for `some x in xs` expressions)
---
package a
x, y in xs ### rego_parse_error: unexpected , token
---
package a
some x in xs ### rego_parse_error: 'some' declarations cannot be used for rule head ### rego_parse_error: var cannot be used for rule name ### rego_parse_error: var cannot be used for rule name
q if { true } ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.if` for `p if { ... }` rules)
p := 1
---
package a
default d(1, input) := 1 ### rego_parse_error: illegal default rule (arguments cannot contain number) ### rego_parse_error: illegal default rule (arguments cannot contain ref)
---
package a
default d := [input, data.x, f(x), x] ### rego_parse_error: illegal default rule (value cannot contain ref) ### rego_parse_error: illegal default rule (value cannot contain ref) ### rego_parse_error: illegal default rule (value cannot contain call) ### rego_parse_error: illegal default rule (value cannot contain var)
---
package a
import rego.v1
input := 1 ### rego_compile_error: rules must not shadow input (use a different rule name)
---
package a
import rego.v1
p { any([true]) } ### rego_parse_error: `if` keyword is required before rule body
---
package a
import rego.v1
import data.x
import data.y.x ### rego_compile_error: import must not shadow import data.x
p if x
---
package a
import rego.v2
p { x } ### rego_parse_error: `if` keyword is required before rule body
