# version: v1
---
package a
p if { 1 2 } ### rego_parse_error: unexpected number token: expected \n or ; or }
---
package a
p := {"a": 1 2} ### rego_parse_error: unexpected number token: non-terminated object ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {1 2} ### rego_parse_error: unexpected number token: non-terminated set ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := [1 2] ### rego_parse_error: unexpected number token: expected "," or "]" ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := f(1 2) ### rego_parse_error: unexpected number token: expected "," or ")" ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := "abc ### rego_parse_error: non-terminated string ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := "a\qb" ### rego_parse_error: illegal escape sequence ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := `abc ### rego_parse_error: non-terminated string ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := 01 ### rego_parse_error: unexpected number token: expected number without leading zero ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := 1. ### rego_parse_error: expected fraction ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := 1e ### rego_parse_error: expected exponent ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := 0a2b ### rego_parse_error: illegal number format ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := @ ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := $ ### rego_parse_error: illegal $ character ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := !x ### rego_parse_error: illegal ! character ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := 1[0] ### rego_parse_error: illegal ref (head cannot be number)
---
package a
p := "a".b ### rego_parse_error: illegal ref (head cannot be string)
---
package a
p := -"a" ### rego_parse_error: unexpected string token: expected number ### rego_parse_error: unexpected string token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := 1e100001 ### rego_parse_error: number too big ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {"a": b | c, "d": 1 2} ### rego_parse_error: unexpected number token: expected "," or "}" ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {"a" "b"} ### rego_parse_error: unexpected string token: non-terminated set ### rego_parse_error: unexpected string token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {1:2 3:4} ### rego_parse_error: unexpected number token: non-terminated object ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := {1:2, 3:4 5} ### rego_parse_error: unexpected number token: expected "," or "}" ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p if { (a.b)[0] } ### rego_parse_error: illegal ref (head cannot be ref)
---
package a
p if { x := true[0] } ### rego_parse_error: illegal ref (head cannot be boolean)
---
package a
p if { null(1) } ### rego_parse_error: illegal ref (head cannot be null)
---
package a
p := 5.a ### rego_parse_error: expected fraction ### rego_parse_error: illegal number format ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := --5 ### rego_parse_error: unexpected minus token: expected number ### rego_parse_error: unexpected minus token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := -(5) ### rego_parse_error: unexpected ( token: expected number ### rego_parse_error: unexpected ( token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := 00 ### rego_parse_error: unexpected number token: expected number without leading zero ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := 0.5.5 ### rego_parse_error: illegal ref (head cannot be number) ### rego_parse_error: unexpected number token: expected identifier ### rego_parse_error: unexpected number token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := "\u12" ### rego_parse_error: non-terminated string ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := "\u12G4" ### rego_parse_error: illegal string literal: "\u12G4" ### rego_parse_error: unexpected string token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := 1 § ### rego_parse_error: illegal token
---
package a
p := 1 é2 ### rego_parse_error: illegal token
