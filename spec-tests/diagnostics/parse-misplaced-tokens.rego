# Tokens where no term can begin, or where one has ended.
---
package a

p := * 1 ### rego_parse_error: unexpected mul token ### rego_parse_error: unexpected mul token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := / 1 ### rego_parse_error: unexpected div token ### rego_parse_error: unexpected div token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := % 1 ### rego_parse_error: unexpected rem token ### rego_parse_error: unexpected rem token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := & 1 ### rego_parse_error: unexpected and token ### rego_parse_error: unexpected and token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := | 1 ### rego_parse_error: unexpected or token ### rego_parse_error: unexpected or token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := != 1 ### rego_parse_error: unexpected neq token ### rego_parse_error: unexpected neq token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := > 1 ### rego_parse_error: unexpected gt token ### rego_parse_error: unexpected gt token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := >= 1 ### rego_parse_error: unexpected gte token ### rego_parse_error: unexpected gte token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := <= 1 ### rego_parse_error: unexpected lte token ### rego_parse_error: unexpected lte token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := == 1 ### rego_parse_error: unexpected equal token ### rego_parse_error: unexpected equal token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := < 1 ### rego_parse_error: unexpected lt token ### rego_parse_error: unexpected lt token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := = 1 ### rego_parse_error: unexpected eq token ### rego_parse_error: unexpected eq token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := := 1 ### rego_parse_error: unexpected assign token ### rego_parse_error: unexpected assign token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := : 1 ### rego_parse_error: unexpected : token ### rego_parse_error: unexpected : token: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p if { 1 ! 2 } ### rego_parse_error: illegal ! character
---
package a

p := 1 false ### rego_parse_error: boolean cannot be used for rule name
---
package a

p := 1 null ### rego_parse_error: null cannot be used for rule name
---
package a

p := 1 true ### rego_parse_error: boolean cannot be used for rule name
---
package a

p := not x ### rego_parse_error: unexpected not keyword ### rego_parse_error: unexpected not keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := package ### rego_parse_error: unexpected package keyword ### rego_parse_error: unexpected package keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := with ### rego_parse_error: unexpected with keyword ### rego_parse_error: unexpected with keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := as ### rego_parse_error: unexpected as keyword ### rego_parse_error: unexpected as keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := default ### rego_parse_error: unexpected default keyword ### rego_parse_error: unexpected default keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := else ### rego_parse_error: unexpected else keyword ### rego_parse_error: unexpected else keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := some ### rego_parse_error: unexpected some keyword ### rego_parse_error: unexpected some keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := every ### rego_parse_error: unexpected every keyword ### rego_parse_error: unexpected every keyword: expected rule value term (e.g., p := <VALUE> { ... })
---
package a

p := if ### rego_parse_error: unexpected if keyword ### rego_parse_error: unexpected if keyword: expected rule value term (e.g., p := <VALUE> { ... }) ### rego_parse_error: unexpected eof token
---
package a

p := null.x ### rego_parse_error: illegal ref (head cannot be null)
---
package a

with := 1 ### rego_parse_error: unexpected with keyword
---
package a

false if { true } ### rego_parse_error: unexpected if keyword
---
package a

null contains 1 ### rego_parse_error: null cannot be used for rule name ### rego_parse_error: var cannot be used for rule name ### rego_parse_error: number cannot be used for rule name
---
package a

f(x) := 1 { x } ### rego_parse_error: `if` keyword is required before function body
---
package a

f(x) { x } ### rego_parse_error: `if` keyword is required before function body
---
package a

p = 1 { true } ### rego_parse_error: `if` keyword is required before rule body
---
package a

f(x) = 1 { true } else = 2 { x } ### rego_parse_error: `if` keyword is required before function body ### rego_parse_error: `if` keyword is required before function body
---
package a

p[x] { x := 1 } ### rego_parse_error: `if` keyword is required before rule body ### rego_parse_error: `contains` keyword is required for partial set rules
---
package a

import future.keywords.nothing ### rego_parse_error: unexpected keyword, must be one of [and contains every if in not or]
---
package a

import "data".x ### rego_parse_error: unexpected string token
---
package a

import data[1] ### rego_parse_error: unexpected number token: expecting string
---
package a

a := b1; c := d1 ### rego_parse_error: multiple expressions cannot be used for rule head
b2 := x1
b3 := x2
b4 := x3
b5 := x4
b6 := x5
b7 := x6
b8 := x7
b9 := x8
b10 := x9
b11 := x10
b12 := x11
---
package a

p if { some data in [1]; every input in [1] { input } } ### rego_parse_error: unexpected { token: expected value to be a variable
---
package a

p if { in } ### rego_parse_error: unexpected in keyword
---
package a

p if { every input in [1] { true } } ### rego_parse_error: unexpected { token: expected value to be a variable
---
package a

p if { every x, data in [1] { true } } ### rego_parse_error: unexpected { token: expected value to be a variable
---
package a

p if { every data, x in [1] { true } } ### rego_parse_error: unexpected { token: expected key to be a variable
---
package a

p if { every data.x, x in [1] { true } } ### rego_parse_error: unexpected { token: expected key to be a variable
---
package a

p if { every x, 1 in [1] { true } } ### rego_parse_error: unexpected { token: expected value to be a variable
---
package a

p if { every [x] in [1] { true } } ### rego_parse_error: unexpected { token: expected value to be a variable
---
package a

p if { every 1, 2 in [1] { true } } ### rego_parse_error: unexpected { token: expected key to be a variable
---
package a

p if { every input in input { true } } ### rego_parse_error: unexpected { token: expected value to be a variable
