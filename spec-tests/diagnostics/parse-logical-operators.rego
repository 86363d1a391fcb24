# version: v1
---
package a
import future.keywords.not
p if { not {} } ### rego_parse_error: found empty body
---
package a
import future.keywords.not
p if { not {1,2} } ### rego_parse_error: `{...}` in an operand position must contain expression(s), got: set (hint: write `not ({1,2})` to negate the value, or `not {{1,2}}` for a body holding it)
---
package a
import future.keywords.not
p if { not {x | y} } ### rego_parse_error: ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension (hint: write `not ({x | y})` for the comprehension, or `not {(x | y)}` for the set union)
---
package a
import future.keywords.not
p if { not { x | y; z } } ### rego_parse_error: ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension (hint: write `not ({ x | y; z })` for the comprehension, or `not { (x | y); z }` for the set union)
---
package a
import future.keywords.and
import future.keywords.or
p if { x with input as 1 and y } ### rego_parse_error: `with` modifier is not allowed on operand of `and` (hint: Wrap the operand in `(...)` or `{...}` to scope, or move `with` after the `and` expression to apply it to the whole expression)
---
package a
import future.keywords.and
import future.keywords.or
p if { {1,2} and y } ### rego_parse_error: operand of `and` cannot begin with `{` unless the braces hold a body (hint: wrap the operand to keep the value: `({1,2}) and ...`)
---
package a
import future.keywords.and
import future.keywords.or
p if { y or {1,2} } ### rego_parse_error: operand of `or` cannot begin with `{` unless the braces hold a body (hint: wrap the operand to keep the value: `({1,2}) or ...`)
---
package a
import future.keywords.and
import future.keywords.or
p if { {} and y } ### rego_parse_error: found empty body
---
package a
import future.keywords.and
import future.keywords.or
p if { y and () } ### rego_parse_error: empty parenthesized group
---
package a
import future.keywords.and
import future.keywords.or
p if { y and (a or b } ### rego_parse_error: expected ) to close parenthesized group
---
package a
import future.keywords.and
import future.keywords.or
p if { y and } ### rego_parse_error: unexpected } token
---
package a
import future.keywords.and
import future.keywords.or
p if { y and print("x") } ### rego_parse_error: operand of `and` cannot consist only of calls to `print` (hint: `print` produces no value and always succeeds, so the operand can never fail; move it out of the operand, or add an expression that can fail)
---
package a
import future.keywords.and
import future.keywords.or
p if { y and ({a; b}) } ### rego_parse_error: `(...)` in an operand position cannot contain a body (hint: drop the parens to keep the body: `{a; b}`)
---
package a
import future.keywords.and
p if { {a | b} and c } ### rego_parse_error: ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension (hint: write `({a | b})` for the comprehension, or `{(a | b)}` for the set union)
