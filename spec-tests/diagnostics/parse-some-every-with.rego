# version: v1
---
package a
p if not some x in y ### rego_parse_error: unexpected some keyword: illegal negation of 'some'
---
package a
p if not every x in y { true } ### rego_parse_error: unexpected every keyword: illegal negation of 'every'
---
package a
every := 1 ### rego_parse_error: every keyword cannot be used for rule name
---
package a
p if { every x in xs } ### rego_parse_error: unexpected } token: missing body
---
package a
p if { every x { true } } ### rego_parse_error: unexpected { token: expected `x[, y] in xs { ... }` expression
---
package a
p if { every [x] in xs { true } } ### rego_parse_error: unexpected { token: expected value to be a variable
---
package a
p if { some x == 1 } ### rego_parse_error: unexpected } token: expected `x in xs` or `x, y in xs` expression
---
package a
p if { some "a" } ### rego_parse_error: unexpected string token: expected var
---
package a
p if { x with input } ### rego_parse_error: unexpected } token: expected as keyword
---
package a
p if { x with 1 as 2 } ### rego_parse_error: unexpected number token: expected ident
---
package a
p if { x with f(x) as 2 } ### rego_parse_error: unexpected as keyword: expected with target path
---
package a
some x ### rego_parse_error: 'some' declarations cannot be used for rule head
---
package a
p with input as 1 ### rego_parse_error: expressions using with keyword cannot be used for rule head
---
package a
every x in xs { x } ### rego_parse_error: expression cannot be used for rule head
---
package a
p if { every x, y, z in xs { true } } ### rego_parse_error: unexpected , token: expected `x[, y] in xs { ... }` expression
---
package a
p if { every 1 in xs { true } } ### rego_parse_error: unexpected { token: expected value to be a variable
---
package a
p if { every x in xs {} } ### rego_parse_error: found empty body
---
package a
p if { some } ### rego_parse_error: unexpected } token: expected var
---
package a
p if { some x, } ### rego_parse_error: unexpected } token: expected var
---
package a
p if { some x, 1 } ### rego_parse_error: unexpected number token: expected var
---
package a
p if { some x in } ### rego_parse_error: unexpected in keyword: expected \n or ; or }
---
package a
p if { some x, y, z in xs } ### rego_parse_error: unexpected in keyword: expected \n or ; or }
---
package a
p if { x with input.a } ### rego_parse_error: unexpected } token: expected as keyword
---
package a
p if { x with input.a as } ### rego_parse_error: unexpected } token
---
package a
p if { x with } ### rego_parse_error: unexpected } token: expected ident
