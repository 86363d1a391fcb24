# version: v1
---
package a
p := 1 + ### rego_parse_error: unexpected eof token
---
package a
p := [1,2 ### rego_parse_error: unexpected eof token: expected "," or "]" ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {1,2 ### rego_parse_error: unexpected eof token: expected "," or "}" ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {"a": 1 ### rego_parse_error: unexpected eof token: non-terminated object ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p contains ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected rule key term (e.g., p contains <VALUE> { ... })
---
package a
p := ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p = ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p[<nil>] = <VALUE> { ... })
---
package a
f(x) := ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected function value term (e.g., f(...) := <VALUE> { ... })
---
package a
p := (1 + 2 ### rego_parse_error: non-terminated expression ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := [x | ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := [x | ] ### rego_parse_error: found empty body ### rego_parse_error: unexpected ] token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {x | y ### rego_parse_error: unexpected eof token: expected \n or ; or } ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {x: y | } ### rego_parse_error: unexpected } token
---
package a
p := f( ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := f(1, ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := f(,) ### rego_parse_error: unexpected , token ### rego_parse_error: unexpected , token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := [,,] ### rego_parse_error: unexpected , token ### rego_parse_error: unexpected , token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := [1,,2] ### rego_parse_error: unexpected , token ### rego_parse_error: unexpected , token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {"a": } ### rego_parse_error: unexpected } token ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {1:2, 3} ### rego_parse_error: unexpected } token: expected ":" ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {1:2, 3:} ### rego_parse_error: unexpected } token ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
x := input[ ### rego_parse_error: unexpected eof token ### rego_parse_error: unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })
---
package a
x := input[] ### rego_parse_error: unexpected ] token ### rego_parse_error: unexpected ] token: expected rule value term (e.g., x := <VALUE> { ... })
---
package a
p contains x := 1 if true ### rego_parse_error: unexpected assign token
---
package a
p contains
q := 1 ### rego_parse_error: unexpected assign token
---
package a
	p := (	1	] ### rego_parse_error: non-terminated expression ### rego_parse_error: unexpected ] token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := "é" "x" ] ### rego_parse_error: unexpected ] token
