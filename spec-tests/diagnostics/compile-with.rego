# What `with` cannot replace.
---
package test

p if { true with foo as 1 } ### rego_type_error: with keyword target must reference existing input, data, or a function
---
package test

p if { true with eq as 1 } ### rego_compile_error: with keyword replacing built-in function: replacement of "eq" invalid
---
package test

p if { true with internal.print as 1 } ### rego_compile_error: with keyword replacing built-in function: replacement of internal function "internal.print" invalid
---
package test

p if { walk([], x); true with walk as 1 } ### rego_compile_error: with keyword replacing built-in function: target must not be a relation
---
package test

p if { true with rego.metadata.chain as 1 } ### rego_compile_error: with keyword replacing built-in function: replacement of "rego.metadata.chain" invalid
---
package test

p if { true with data.test.q.x as 1 } ### rego_compile_error: with keyword cannot partially replace virtual document(s)
q := {"x": 1}
---
package a

p if { true with rego.metadata.rule as 1 } ### rego_compile_error: with keyword replacing built-in function: replacement of "rego.metadata.rule" invalid
---
package a

p if { true with print as 1 } ### rego_compile_error: with keyword replacing built-in function: target must not be a void function
---
package a

p if { true with walk as 1 } ### rego_compile_error: with keyword replacing built-in function: target must not be a relation
---
package a

p if { true with internal.member_2 as 1 } ### rego_compile_error: with keyword replacing built-in function: replacement of internal function "internal.member_2" invalid
---
package a

p if { true with plus as count } ### rego_type_error: plus: arity mismatch
---
package a

p if { true with plus as f } ### rego_type_error: plus: arity mismatch
f(x) := x
---
package a

p if { true with f as count } ### rego_type_error: data.a.f: arity mismatch
f(x, y) := x
---
package a

p if { true with x as 1 } ### rego_type_error: with keyword target must reference existing input, data, or a function
---
package a

p if { true with foo.x as 1 } ### rego_type_error: with keyword target must reference existing input, data, or a function
---
package a

p if { true with data.a.q.r as 1 } ### rego_compile_error: with keyword cannot partially replace virtual document(s)
q := 1
