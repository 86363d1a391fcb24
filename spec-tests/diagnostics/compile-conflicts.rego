# Rules that cannot stand side by side.
---
package test

f(x) := x ### rego_type_error: conflicting rules data.test.f found
f(x, y) := x
---
package test

f(x) := x ### rego_type_error: conflicting rules data.test.f found
f := 1
---
package test

p := 1 ### rego_type_error: conflicting rules data.test.p found
p contains 2
---
package test

p := 1 ### rego_type_error: conflicting rules data.test.p[x] found
p[x] := 2 if { x := "a" }
---
package test

p contains 1 ### rego_type_error: conflicting rules data.test.p[x] found
p[x] contains 1 if { x := "a" }
---
package test

p.q := 1 ### rego_type_error: conflicting rules data.test.p.q[x] found
p.q[x] := 2 if { x := "a" }
---
package test ### rego_type_error: multiple default rules data.test.p found at test.rego:3, test.rego:4

default p := 1
default p := 2
---
package test ### rego_type_error: multiple default rules data.test.p found at test.rego:3, test.rego:4

default p := 1
default p := 2
p if { true }
