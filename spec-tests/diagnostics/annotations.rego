# METADATA blocks.
---
package a

# METADATA ### rego_parse_error: expected METADATA block, found whitespace
p := 1
---
# METADATA
# title: t
package a

# METADATA ### rego_parse_error: invalid annotation scope 'import'. Use one of 'rule', 'document', 'package', or 'subpackages'
# title: u
import data.x

p := x
---
package a

# METADATA ### rego_parse_error: invalid annotation scope ''. Use one of 'rule', 'document', 'package', or 'subpackages'
# title: t
---
package a

# METADATA ### rego_parse_error: annotation scope 'rule' must be applied to rule
# scope: rule
# title: t
---
package a
p := 1 # METADATA
---
package a
 # METADATA
p := 1
---
# METADATA ### rego_parse_error: annotation scope 'rule' must be applied to rule (have package)
# scope: rule
package a
---
# METADATA ### rego_parse_error: annotation scope 'document' must be applied to rule (have package)
# scope: document
package a
---
# METADATA ### rego_parse_error: annotation entrypoint applied to non-document or package scope 'subpackages'
# scope: subpackages
# entrypoint: true
package a
---
package a

# METADATA
# scope: package
p := 1

# METADATA
# title: [ ### rego_parse_error: yaml: line 1: did not find expected node content
q := 2
---
package a

# METADATA
# title: [ ### rego_parse_error: yaml: line 1: did not find expected node content
p := ] ### rego_parse_error: unexpected ] token ### rego_parse_error: unexpected ] token: expected rule value term (e.g., p := <VALUE> { ... })
---
# METADATA
# title: t
package a

# METADATA ### rego_parse_error: annotation scope 'package' must be applied to package (have rule)
# scope: package
# title: u
p := 1
---
package a

# METADATA ### rego_parse_error: invalid annotation scope 'nowhere'. Use one of 'rule', 'document', 'package', or 'subpackages'
# scope: nowhere
p := 1
---
package a

# METADATA ### rego_parse_error: invalid annotation scope '1'. Use one of 'rule', 'document', 'package', or 'subpackages'
# scope: 1
p := 1
---
package a

# METADATA ### rego_parse_error: annotation scope 'package' must be applied to package (have rule)
# scope: package
p := 1
---
package a

# METADATA ### rego_parse_error: annotation scope 'subpackages' must be applied to package (have rule)
# scope: subpackages
p := 1
---
package a

# METADATA
# scope: [rule] ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!seq into string
p := 1
---
package a

# METADATA ### rego_parse_error: invalid annotation scope 'foo'. Use one of 'rule', 'document', 'package', or 'subpackages' ### rego_parse_error: annotation entrypoint applied to non-document or package scope 'foo'
# scope: foo
# entrypoint: true
p := 1
---
package a

# METADATA ### rego_parse_error: annotation entrypoint applied to non-document or package scope 'rule'
# scope: rule
# entrypoint: true
p := 1
---
package a

# METADATA
# entrypoint: 1 ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!int `1` into bool
p := 1
---
package a

# METADATA
# entrypoint: 'true' ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `true` into bool
p := 1
---
package a

# METADATA
# title: [a] ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!seq into string
p := 1
---
package a

# METADATA
# title: {a: 1} ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!map into string
p := 1
---
package a

# METADATA
# description: [a] ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!seq into string
p := 1
---
package a

# METADATA
# organizations: a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into []string
p := 1
---
package a

# METADATA
# organizations: [[a]] ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!seq into string
p := 1
---
package a

# METADATA
# related_resources: a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into []interface {}
p := 1
---
package a

# METADATA ### rego_parse_error: invalid related-resource definition %!s(int=1): invalid value type, must be string or map
# related_resources: [1]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid related-resource definition : ref URL may not be empty string
# related_resources: ['']
p := 1
---
package a

# METADATA ### rego_parse_error: invalid related-resource definition map[]: 'ref' value required in object
# related_resources: [{}]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid related-resource definition map[description:x]: 'ref' value required in object
# related_resources: [{description: x}]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid related-resource definition %zz: parse "%zz": invalid URL escape "%zz"
# related_resources: ['%zz']
p := 1
---
package a

# METADATA ### rego_parse_error: invalid related-resource definition :x: parse ":x": missing protocol scheme
# related_resources: [':x']
p := 1
---
package a

# METADATA ### rego_parse_error: invalid related-resource definition http://a b: parse "http://a b": invalid character " " in host name
# related_resources: ['http://a b']
p := 1
---
package a

# METADATA
# authors: a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into []interface {}
p := 1
---
package a

# METADATA ### rego_parse_error: invalid author definition %!s(int=1): invalid value type, must be string or map
# authors: [1]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid author definition : author is an empty string
# authors: ['']
p := 1
---
package a

# METADATA ### rego_parse_error: invalid author definition map[]: 'name' and/or 'email' values required in object
# authors: [{}]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid author definition [a]: invalid value type, must be string or map
# authors: [[a]]
p := 1
---
package a

# METADATA
# schemas: a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into []map[string]interface {}
p := 1
---
package a

# METADATA
# schemas: [a] ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into map[string]interface {}
p := 1
---
package a

# METADATA ### rego_parse_error: invalid document reference
# schemas: [{}]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid document reference
# schemas: [{foo: schema.x}]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid schema reference
# schemas: [{input: foo}]
p := 1
---
package a

# METADATA ### rego_parse_error: invalid schema declaration for path "input"
# schemas: [{input: [a]}]
p := 1
---
package a

# METADATA
# custom: a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into map[string]interface {}
p := 1
---
package a

# METADATA
# custom: [a] ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!seq into map[string]interface {}
p := 1
---
package a

# METADATA
# labels: a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into map[string]interface {}
p := 1
---
package a

# METADATA
# compile: a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `a` into map[string]interface {}
p := 1
---
package a

# METADATA ### rego_parse_error: invalid unknowns element "1": expected ref but got 1
# compile: {unknowns: ['1']}
p := 1
---
package a

# METADATA ### rego_parse_error: invalid unknowns element "a; b": failed to parse ref: expected exactly one term but got: a; b
# compile: {unknowns: ['a; b']}
p := 1
---
package a

# METADATA ### rego_parse_error: invalid mask_rule annotation type "1": string
# compile: {mask_rule: '1'}
p := 1
---
package a

# METADATA ### rego_parse_error: invalid mask_rule annotation "a b": expected exactly one term but got: a; b
# compile: {mask_rule: 'a b'}
p := 1
---
package a

# METADATA
# title: [ ### rego_parse_error: yaml: line 1: did not find expected node content
p := 1
---
package a

# METADATA
# title: {a: 1 ### rego_parse_error: yaml: line 1: did not find expected ',' or '}'
p := 1
---
package a

# METADATA
# title: a: b ### rego_parse_error: yaml: mapping values are not allowed in this context
p := 1
---
package a

# METADATA
# - a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!seq into ast.rawAnnotation
p := 1
---
package a

# METADATA
# foo ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `foo` into ast.rawAnnotation
p := 1
---
package a

# METADATA
# title:a ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!str `title:a` into ast.rawAnnotation⏎  Hint: on line 4, symbol(s) ['a'] immediately following a key/value separator ':' is not a legal yaml space character
p := 1
---
package a

# METADATA
# title: a
# title: b ### rego_parse_error: yaml: unmarshal errors:⏎  line 2: mapping key "title" already defined at line 1
p := 1
---
package a

# METADATA
# title: a
#	b: c ### rego_parse_error: yaml: line 2: found a tab character that violates indentation
p := 1
---
package a

# METADATA
# title: 'a ### rego_parse_error: yaml: line 2: found unexpected end of stream
p := 1
---
package a

# METADATA
# title: "\q" ### rego_parse_error: yaml: found unknown escape character
p := 1
---
package a

# METADATA
# title: @a ### rego_parse_error: yaml: found character that cannot start any token
p := 1
---
package a

# METADATA
# title: *a ### rego_parse_error: yaml: unknown anchor 'a' referenced
p := 1
---
package a

# METADATA
# title: %a ### rego_parse_error: yaml: found character that cannot start any token
p := 1
---
package a

# METADATA
# title: 'a'b ### rego_parse_error: yaml: did not find expected key
p := 1
---
package a

# METADATA
# a: - b ### rego_parse_error: yaml: block sequence entries are not allowed in this context
p := 1
---
package a

# METADATA
# - a
# b: c ### rego_parse_error: yaml: line 1: did not find expected '-' indicator
p := 1
---
package a

# METADATA
# a: b
# c ### rego_parse_error: yaml: line 2: could not find expected ':'
p := 1
---
package a

# METADATA
# title: [a]
# scope: [b] ### rego_parse_error: yaml: unmarshal errors:⏎  line 1: cannot unmarshal !!seq into string⏎  line 2: cannot unmarshal !!seq into string
# description: c
p := 1
---
package a

# METADATA
# a: b
# c: [1, ### rego_parse_error: yaml: line 1: did not find expected ',' or ']'
# d: 2
# e: f
p := 1
---
package a

# METADATA
# scope: document
p if input.x

# METADATA ### rego_type_error: document annotation redeclared: test.rego:3
# entrypoint: true
p if input.y

# METADATA ### rego_type_error: document annotation redeclared: test.rego:3
# scope: document
p if input.z
---
# METADATA
# title: one
# METADATA ### rego_type_error: package annotation redeclared: test.rego:1
# title: two
# METADATA
# scope: subpackages
# METADATA ### rego_type_error: subpackages annotation redeclared: test.rego:5
# scope: subpackages
package a
---
package a

# METADATA
# scope: document
p[x].q := 1 if x := 1

# METADATA ### rego_type_error: document annotation redeclared: test.rego:3
# scope: document
p[x].r := 1 if x := 2

# METADATA
# scope: document
q[1] := 1

# METADATA
# scope: document
q["1"] := 2
---
package a

# METADATA
# title: one
# METADATA
# title: two
p := 1

# METADATA
# scope: document
q := 1

# METADATA
# title: three
q := 1
---
package a

# METADATA
# scope: document
p if { f(1) }

# METADATA
# scope: document
p if { print(1) == 2 } ### rego_type_error: print(1) used as value

f(1) := count(1)
---
package a

# METADATA
# scope: document
p.q := 1 ### rego_type_error: rule data.a.p.q conflicts with:⏎  rule data.a.p.q.r at test.rego:9

# METADATA
# scope: document
p.q.r contains 1
