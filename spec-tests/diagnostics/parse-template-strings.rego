# version: v1
---
package a
p := $"a {not x}" ### rego_parse_error: unexpected negation ('not') in template-string expression ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := $"a {x = 1}" ### rego_parse_error: unexpected unification ('=') in template-string expression ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := $"a {x := 1}" ### rego_parse_error: unexpected assignment (':=') in template-string expression ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := $"a {some x in y}" ### rego_parse_error: unexpected 'some' in template-string expression ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := $"a {every x in y {true}}" ### rego_parse_error: unexpected 'every' in template-string expression ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := $"a {}" ### rego_parse_error: unexpected } token ### rego_parse_error: invalid template-string expression ### rego_parse_error: unexpected } token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := $"a {x y}" ### rego_parse_error: expected } to end template string expression ### rego_parse_error: unexpected identifier token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
p := $"a {x" ### rego_parse_error: non-terminated string ### rego_parse_error: expected } to end template string expression ### rego_parse_error: illegal token
---
package a
p := $"a  ### rego_parse_error: non-terminated string ### rego_parse_error: illegal token ### rego_parse_error: illegal token
