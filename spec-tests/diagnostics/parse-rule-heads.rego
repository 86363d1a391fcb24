# version: v1
---
package a
p if { x = 1 y = 2 } ### rego_parse_error: unexpected identifier token: expected \n or ; or }
---
package a
p { ### rego_parse_error: `if` keyword is required before rule body
  true
}
---
package a
p[x] { x = 1 } ### rego_parse_error: `if` keyword is required before rule body ### rego_parse_error: `contains` keyword is required for partial set rules
---
package a
p ### rego_parse_error: var cannot be used for rule name
---
package a
p.q.r ### rego_parse_error: rule must have value assignment and/or body declaration
---
package a
"foo" ### rego_parse_error: string cannot be used for rule name
---
package a
if := 1 ### rego_parse_error: if keyword cannot be used for rule name
---
package a
contains := 1 ### rego_parse_error: contains keyword cannot be used for rule name
---
package a
p if { a.b. c } ### rego_parse_error: unexpected whitespace token: expected identifier
---
package a
p if { a.1 } ### rego_parse_error: unexpected number token: expected identifier
---
package a
p + 1 ### rego_parse_error: rule name conflicts with built-in function
---
package a
p == 1 ### rego_parse_error: rule name conflicts with built-in function
---
package a
count(x) ### rego_parse_error: rule name conflicts with built-in function
---
package a
not p ### rego_parse_error: negated expressions cannot be used for rule head
---
package a
p; q ### rego_parse_error: multiple expressions cannot be used for rule head
---
package a
x > 1 ### rego_parse_error: rule name conflicts with built-in function
---
package a
f(x) contains y if true ### rego_parse_error: unexpected contains keyword: the contains keyword can only be used with multi-value rule definitions (e.g., f contains <VALUE> { ... })
---
package a
p := .x ### rego_parse_error: unexpected identifier token: expected number ### rego_parse_error: unexpected identifier token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := x. ### rego_parse_error: unexpected eof token: expected identifier ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := x.
 ### rego_parse_error: unexpected whitespace token: expected identifier ### rego_parse_error: unexpected whitespace token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
x := input[1
y := 2 ### rego_parse_error: unexpected identifier token: expected [ ### rego_parse_error: unexpected identifier token: expected rule value term (e.g., x := <VALUE> { ... })
---
package a
x := input.
y := 2 ### rego_parse_error: unexpected whitespace token: expected identifier ### rego_parse_error: unexpected whitespace token: expected rule value term (e.g., x := <VALUE> { ... })
---
package a
x := a b ### rego_parse_error: var cannot be used for rule name
---
package a
x := "a" "b" ### rego_parse_error: string cannot be used for rule name
---
package a
p[x if { true } ### rego_parse_error: unexpected if keyword: expected [ ### rego_parse_error: unexpected if keyword: expected rule head name
---
package a
p.q[ if { true } ### rego_parse_error: unexpected if keyword ### rego_parse_error: unexpected if keyword: expected rule head name
---
package a
f(x if true ### rego_parse_error: unexpected if keyword: expected "," or ")" ### rego_parse_error: unexpected if keyword: expected rule head name
---
package a
true := 1 ### rego_parse_error: boolean cannot be used for rule name
---
package a
p := 5 .a ### rego_parse_error: unexpected identifier token: expected number
---
package a

"x" := 1 ### rego_parse_error: string cannot be used for rule name
---
package a

1 = 2 ### rego_parse_error: number cannot be used for rule name
---
package a

[a, b] := [1, 2] ### rego_parse_error: array cannot be used for rule name
---
package a

f(1)[2] := 3 ### rego_parse_error: invalid rule head: f(1)[2]
---
package a

f(x).y ### rego_parse_error: invalid rule head: f(x).y
---
package a

not f(x) ### rego_parse_error: negated expressions cannot be used for rule head
---
package a
p := 1; q := 2 ### rego_parse_error: multiple expressions cannot be used for rule head
---
package a
p["x"] ### rego_parse_error: `contains` keyword is required for partial set rules
---
package a
p[x].y ### rego_parse_error: rule must have value assignment and/or body declaration
---
package a
x in y ### rego_parse_error: rule name conflicts with built-in function
---
package a
{1,2} ### rego_parse_error: set cannot be used for rule name
---
package a
[1|2] ### rego_parse_error: arraycomprehension cannot be used for rule name
---
package a
p := `a
b` c ### rego_parse_error: var cannot be used for rule name
---
package a
p if { a and b } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.and` for `x and y` expressions)
---
package a
p if { a or b } ### rego_parse_error: unexpected identifier token: expected \n or ; or } (hint: `import future.keywords.or` for `x or y` expressions)
