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
---
package a

p := 1 ### rego_type_error: conflicting rules data.a.p found
p := x if { x := 2 }
p contains 1
---
package a

f(x) := 1 ### rego_type_error: conflicting rules data.a.f found
f(x, y) := 2
---
package a

p := 1 ### rego_type_error: conflicting rules data.a.p found
p(x) := 1
---
package a

p[x] := 1 if x := 2 ### rego_type_error: conflicting rules data.a.p found
p contains 3
---
package a

p.q := 1
p[x] := 2 if x := 1 ### rego_type_error: rule data.a.p conflicts with:⏎  rule data.a.p.q at test.rego:3
p := 3
---
package a

default p := 1 ### rego_type_error: conflicting rules data.a.p found
p contains 2
---
package a ### rego_type_error: multiple default rules data.a.f found at test.rego:3, test.rego:4

default f(_) := 1
default f(x) := 2
