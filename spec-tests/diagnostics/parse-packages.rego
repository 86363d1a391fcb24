# version: v1
---
package 1 ### rego_parse_error: unexpected number token
---
package a.1 ### rego_parse_error: unexpected number token: expected identifier
---
package a[x] ### rego_parse_error: unexpected var token: expecting string
---
package ### rego_parse_error: unexpected eof token
---
p := 1 ### rego_parse_error: package expected
---
package a
package b ### rego_parse_error: unexpected package
---
package a-b ### rego_parse_error: unexpected minus token
---
package a.b. ### rego_parse_error: unexpected eof token: expected identifier
---
package "a" ### rego_parse_error: unexpected string token
---
package a() ### rego_parse_error: unexpected eof token
---
package a; b ### rego_parse_error: unexpected ; token
