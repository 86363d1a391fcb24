# version: v1
---
package a
p if { x := } ### rego_parse_error: unexpected } token
---
package a
p if { a[1 } ### rego_parse_error: unexpected } token: expected [
---
package a
p if { x := 1 + } ### rego_parse_error: unexpected } token
q if { y := } ### rego_parse_error: unexpected } token
---
package a
p if { x == 1 *
 y }
q = ) ### rego_parse_error: unexpected ) token ### rego_parse_error: unexpected ) token: expected rule value term (e.g., q[<nil>] = <VALUE> { ... })
---
package a
p if {
	x := 1
	y = = 2 ### rego_parse_error: unexpected eq token
}
---
package a
p if { not } ### rego_parse_error: unexpected } token
---
package a
p if { a; } ### rego_parse_error: unexpected } token
---
package a
p if { ; } ### rego_parse_error: unexpected ; token
---
package a
p if { a ### rego_parse_error: unexpected eof token: expected \n or ; or }
---
package a
p if ### rego_parse_error: unexpected eof token
---
package a
p if { ### rego_parse_error: unexpected eof token
---
package a
p if { x = y = z } ### rego_parse_error: unexpected eq token: expected \n or ; or }
---
package a
p if { x := y := z } ### rego_parse_error: unexpected assign token: expected \n or ; or }
---
package a
p if { (x := y) } ### rego_parse_error: non-terminated expression
---
package a
p if { [x = 1] } ### rego_parse_error: unexpected eq token: expected "," or "]"
---
package a
p if { f(x := 1) } ### rego_parse_error: unexpected assign token: expected "," or ")"
---
package a
p if { a.b(c)(d) } ### rego_parse_error: unexpected ( token: expected \n or ; or }
---
package a
p if { "x" . y } ### rego_parse_error: unexpected . token: expected \n or ; or }
---
package a
p if { a . b } ### rego_parse_error: unexpected . token: expected \n or ; or }
---
package a
p if { a [0] } ### rego_parse_error: unexpected [ token: expected \n or ; or }
---
package a
p if { f (0) } ### rego_parse_error: unexpected ( token: expected \n or ; or }
---
package a
p if { x ; ; y } ### rego_parse_error: unexpected ; token
