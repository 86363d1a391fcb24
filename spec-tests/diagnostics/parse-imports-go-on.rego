# After an import that means nothing, reading goes on; after one with an unknown root or a reserved alias it ends.
---
package a
import future.keywords.foo ### rego_parse_error: unexpected keyword, must be one of [and contains every if in not or]
import data.x.if ### rego_parse_error: unexpected import path, must not end with a keyword, got: if (hint: import a different path or use an alias)
import rego.v3 ### rego_parse_error: invalid import `rego.v3`, must be one of: `rego.v1`, `rego.v2`
p := ] ### rego_parse_error: unexpected ] token ### rego_parse_error: unexpected ] token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a
import data.x as input ### rego_parse_error: unexpected import alias, must not be a reserved name, got: input
---
package a
import data.x as data ### rego_parse_error: unexpected import alias, must not be a reserved name, got: data
---
package a
import future.x ### rego_parse_error: invalid import, must be `future.keywords`
---
package a
import future.keywords as x ### rego_parse_error: `future` imports cannot be aliased
---
package a
import rego.v1 as x ### rego_parse_error: `rego` imports cannot be aliased
p := 1
---
package a
import foo.bar ### rego_parse_error: unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)
---
package a
import data[x] ### rego_parse_error: unexpected var token: expecting string
---
package a
import data.x as y.z ### rego_parse_error: unexpected eof token: expected var
---
package a
import ### rego_parse_error: unexpected eof token
---
package a
import 1 ### rego_parse_error: unexpected number token
---
package a
import input.x as if ### rego_parse_error: unexpected if keyword: expected var
