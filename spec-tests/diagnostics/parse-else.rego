# version: v1
---
package a
p[x] := 1 if { x = 1 } else := 2 ### rego_parse_error: else keyword cannot be used on rules with variables in head
---
package a
p contains x if { x = 1 } else := 2 ### rego_parse_error: else keyword cannot be used on multi-value rules
---
package a
p if { true } else ### rego_parse_error: unexpected eof token: expected else value term or rule body
---
package a
p if { true } else 3 ### rego_parse_error: unexpected number token: expected else value term or rule body
---
package a
p if { true } else := 3 { true } { false } ### rego_parse_error: expected else keyword
---
package a
p if true else if ### rego_parse_error: unexpected eof token: rule body expected
---
package a
p if true else := if ### rego_parse_error: unexpected if keyword
---
package a
p if true else := 3 if {} ### rego_parse_error: found empty body
---
package a
else := 1 ### rego_parse_error: unexpected else keyword
---
package a
p if { x } else if { y } else { z } ### rego_parse_error: `if` keyword is required before rule body
