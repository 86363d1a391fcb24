# version: v0
---
package a
p := $"a" ### rego_parse_error: template strings are not supported by current capabilities ### rego_parse_error: unexpected template-string-end token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p if { true } ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.if` for `p if { ... }` rules)
---
package a
p contains x if { x = 1 } ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules) ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules) ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.if` for `p if { ... }` rules)
---
package a
p { some x in xs } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.in` for `some x in xs` expressions)
---
package a
p { every x in xs { x } } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.every` for `every x in xs { ... }` expressions)
---
package a
p { x in xs } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)
---
package a
import rego.v1
p { true } ### rego_parse_error: `if` keyword is required before rule body
---
package a
p {
  "if"
  x := y.
} ### rego_parse_error: unexpected whitespace token: expected identifier
---
package a
p { a, b in c } ### rego_parse_error: unexpected , token: expected \n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)
---
package a
p { every x in xs { x } } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.every` for `every x in xs { ... }` expressions)
q { some k, v in xs }
---
package a
import future.keywords
p if { x in xs }
if := 1 ### rego_parse_error: if keyword cannot be used for rule name
---
package a
p[x] { x = 1 } else = 2 { true } ### rego_parse_error: else keyword cannot be used on multi-value rules
---
package a
p = 1 { true } { false }
p[x]
p.q.r
f(x)
p ### rego_parse_error: var cannot be used for rule name
---
package a
p = 1 { true } else = 2 { false } { true } ### rego_parse_error: expected else keyword
---
package a
import rego.v1
p[x] { x = 1 }
q { true }
f(x) { true }
r
contains := 1 ### rego_parse_error: unexpected assign token ### rego_parse_error: unexpected assign token: expected rule key term (e.g., r contains <VALUE> { ... })
---
package a
import data.foo.in
import data.foo.default ### rego_parse_error: unexpected import path, must not end with a keyword, got: default (hint: import a different path or use an alias)
