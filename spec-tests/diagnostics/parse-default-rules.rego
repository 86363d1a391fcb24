# version: v1
---
package a
default p := x ### rego_parse_error: illegal default rule (value cannot contain var)
---
package a
default p := input.x ### rego_parse_error: illegal default rule (value cannot contain ref)
---
package a
default p := f(1) ### rego_parse_error: illegal default rule (value cannot contain call)
---
package a
default f(x, x) := 1 ### rego_parse_error: illegal default rule (arguments cannot be repeated x)
---
package a
default f("a") := 1 ### rego_parse_error: illegal default rule (arguments cannot contain string)
---
package a
default if := 1 ### rego_parse_error: if keyword cannot be used for rule name
---
package a
default p := ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected default rule value term (e.g., default p := <VALUE>)
---
package a
default p contains 1 ### rego_parse_error: illegal default rule (must have a value)
---
package a
default f(x, [y]) := 1 ### rego_parse_error: illegal default rule (arguments cannot contain array)
---
package a
default p := {"a": input.x, "b": y} ### rego_parse_error: illegal default rule (value cannot contain ref) ### rego_parse_error: illegal default rule (value cannot contain var)
---
package a
default p = 1 { true } ### rego_parse_error: set cannot be used for rule name
---
package a
default := 1 ### rego_parse_error: unexpected default keyword
