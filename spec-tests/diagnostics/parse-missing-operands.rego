# Malformed tokens and missing operands: what is reported once, twice, or not again.
---
package a
p := x ! y ### rego_parse_error: illegal ! character
---
package a
p if { x ! y } ### rego_parse_error: illegal ! character
---
package a
p if { [x !] } ### rego_parse_error: illegal ! character ### rego_parse_error: illegal token
---
package a
! ### rego_parse_error: illegal ! character
---
package a
p := "a\q\q" ### rego_parse_error: illegal escape sequence ### rego_parse_error: illegal escape sequence ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := "\q\u1" ### rego_parse_error: illegal escape sequence ### rego_parse_error: non-terminated string ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := $"\q{x}" ### rego_parse_error: illegal escape sequence ### rego_parse_error: illegal token ### rego_parse_error: illegal token
---
package a
p := $"{x}\q" ### rego_parse_error: illegal escape sequence ### rego_parse_error: expected template-string part ### rego_parse_error: illegal token
---
package a
p := $"{x} } ### rego_parse_error: non-terminated string ### rego_parse_error: expected template-string part ### rego_parse_error: illegal token
---
package a
p := $"{x}{$"{y} ### rego_parse_error: non-terminated string ### rego_parse_error: expected template-string part ### rego_parse_error: invalid template-string expression ### rego_parse_error: illegal token
---
package a
p := 1 + < ### rego_parse_error: unexpected lt token ### rego_parse_error: unexpected eof token
---
package a
p := x < + < 3 | ### rego_parse_error: unexpected plus token
---
package a
p if {
  x <
 ] ### rego_parse_error: unexpected ] token
}
---
package a
p if {
  20 <
 ### rego_parse_error: unexpected eof token
---
package a
p if { x in in y } ### rego_parse_error: unexpected in keyword
---
package a
p := 1 | | {a} ### rego_parse_error: unexpected or token
---
package a
p := .as ### rego_parse_error: unexpected as keyword: expected number ### rego_parse_error: unexpected as keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p if {
  "a".b ### rego_parse_error: illegal ref (head cannot be string)
 ] ### rego_parse_error: unexpected ] token
}
---
package a
p if { x <; ] ### rego_parse_error: unexpected ; token ### rego_parse_error: unexpected ] token
}
---
package a
f(x) contains 1 ### rego_parse_error: unexpected contains keyword: the contains keyword can only be used with multi-value rule definitions (e.g., f contains <VALUE> { ... })
p := ] ### rego_parse_error: unexpected ] token ### rego_parse_error: unexpected ] token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
import future.keywords.not
p if {
  not {
    some x in ["a"]
    x ==== "b" ### rego_parse_error: unexpected equal token
  }
}
q if {
  not {
    some x in ["a"]
    x
  }
}
---
package a
import future.keywords.and
p if { x := 1 and true } ### rego_compile_error: cannot assign vars inside implicit and operand
---
package a
import future.keywords.or
p if { x := 1 or true } ### rego_compile_error: cannot assign vars inside implicit or operand
---
package a
p if { ( (
 a.b))[0] } ### rego_parse_error: illegal ref (head cannot be ref)
