# version: v1
---
package a
import foo.bar ### rego_parse_error: unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)
---
package a
import data.foo.if ### rego_parse_error: unexpected import path, must not end with a keyword, got: if (hint: import a different path or use an alias)
---
package a
import future.keywords.foo ### rego_parse_error: unexpected keyword, must be one of [and contains every if in not or]
---
package a
import future.foo ### rego_parse_error: invalid import, must be `future.keywords`
---
package a
import future.keywords as x ### rego_parse_error: `future` imports cannot be aliased
---
package a
import rego.v3 ### rego_parse_error: invalid import `rego.v3`, must be one of: `rego.v1`, `rego.v2`
---
package a
import rego.v1 as foo ### rego_parse_error: `rego` imports cannot be aliased
---
package a
import data.foo as input ### rego_parse_error: unexpected import alias, must not be a reserved name, got: input
---
package a
import data.foo as ### rego_parse_error: unexpected eof token: expected var
---
package a
import data[x] ### rego_parse_error: unexpected var token: expecting string
---
package a
import data.foo as bar.baz ### rego_parse_error: unexpected eof token: expected var
---
package a
import "foo" ### rego_parse_error: unexpected string token
---
package a
import data.foo.1 ### rego_parse_error: unexpected number token: expected identifier ### rego_parse_error: expected path
---
package a
import ### rego_parse_error: unexpected eof token
---
package a
import data.foo[x] ### rego_parse_error: unexpected var token: expecting string
---
package a
import input.x as y
import data.if as z
import data
import input
import foo ### rego_parse_error: unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)
---
package a
import data.foo-bar ### rego_parse_error: unexpected minus token
---
package a

p := 1

package b ### rego_parse_error: unexpected package
import data.x
---
package a

p := import ### rego_parse_error: unexpected import keyword ### rego_parse_error: unexpected import keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

import rego ### rego_parse_error: invalid import `rego`, must be one of: `rego.v1`, `rego.v2`
---
package a

import rego.v1.x ### rego_parse_error: invalid import `rego.v1.x`, must be one of: `rego.v1`, `rego.v2`
---
package a

import rego.v1 as v ### rego_parse_error: `rego` imports cannot be aliased
---
package a

import future ### rego_parse_error: invalid import, must be `future.keywords`
---
package a

import future.keyword ### rego_parse_error: invalid import, must be `future.keywords`
---
package a

import future.keywords.in as x ### rego_parse_error: `future` imports cannot be aliased
---
package a

import x.y ### rego_parse_error: unexpected import path, must begin with one of: {data, future, input, rego}, got: x (hint: if this is unexpected, try updating OPA)
---
package a

import data.a.if ### rego_parse_error: unexpected import path, must not end with a keyword, got: if (hint: import a different path or use an alias)
---
package a

import data.b as input ### rego_parse_error: unexpected import alias, must not be a reserved name, got: input
