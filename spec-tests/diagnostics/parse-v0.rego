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
---
package a

p { x in [1] } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)
---
package a

p { some x in [1] } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.in` for `some x in xs` expressions)
---
package a

p { every x in [1] { x } } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.every` for `every x in xs { ... }` expressions)
---
package a

p contains 1 ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules) ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules) ### rego_parse_error: number cannot be used for rule name
---
package a

p contains x if { x := 1 } ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules) ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules) ### rego_parse_error: var cannot be used for rule name (hint: `import future.keywords.if` for `p if { ... }` rules)
---
package a

p { x, y in [1] } ### rego_parse_error: unexpected , token: expected \n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)
---
package a

p = $"x" ### rego_parse_error: template strings are not supported by current capabilities ### rego_parse_error: unexpected template-string-end token: expected rule value term (e.g., p[<nil>] = <VALUE> { ... })
---
package a

p = $`x` ### rego_parse_error: template strings are not supported by current capabilities ### rego_parse_error: unexpected raw-template-string-end token: expected rule value term (e.g., p[<nil>] = <VALUE> { ... })
---
package a

import rego.v1

f(x) { x } ### rego_parse_error: `if` keyword is required before function body
---
package a

import rego.v1

f(x) = 1 { x } ### rego_parse_error: `if` keyword is required before function body
---
package a

import rego.v1

p[x] { x = 1 } ### rego_parse_error: `if` keyword is required before rule body ### rego_parse_error: `contains` keyword is required for partial set rules
---
package a

import rego.v1

p ### rego_parse_error: var cannot be used for rule name
---
package a

import rego.v1

if := 1 ### rego_parse_error: if keyword cannot be used for rule name
---
package a

import rego.v1

contains := 1 ### rego_parse_error: contains keyword cannot be used for rule name
---
package a

import future.keywords.x ### rego_parse_error: unexpected keyword, must be one of [and contains every if in not or]
---
package a

p = 1 { true } else = 2 { true } { true } ### rego_parse_error: expected else keyword
---
package a

p[x] { x = 1 } else { true } ### rego_parse_error: else keyword cannot be used on multi-value rules
---
package a

p[x] = y { x = 1; y = 2 } else = 3 { true } ### rego_parse_error: else keyword cannot be used on rules with variables in head
---
package a

default p = x ### rego_parse_error: illegal default rule (value cannot contain var)
---
package a

default p = input.x ### rego_parse_error: illegal default rule (value cannot contain ref)
---
package a

default p = count([]) ### rego_parse_error: illegal default rule (value cannot contain call)
---
package a

default f(x, x) = 1 ### rego_parse_error: illegal default rule (arguments cannot be repeated x)
---
package a

default f("a") = 1 ### rego_parse_error: illegal default rule (arguments cannot contain string)
---
package a

1 ### rego_parse_error: number cannot be used for rule name
---
package a

"a" ### rego_parse_error: string cannot be used for rule name
---
package a

x = 1; y = 2 ### rego_parse_error: multiple expressions cannot be used for rule head
---
package a

x == 1 ### rego_parse_error: rule name conflicts with built-in function
