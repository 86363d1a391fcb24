import { describe, expect, it } from "vitest";
import { outcome } from "../testing/outcome.ts";

// Every expected text was printed by OPA itself.
describe("templates", () => {
  it.each([
    [
      'strings.render_template("{{range $i, $n := .names}}{{if $i}}, {{end}}{{$n}}{{end}}", {"names": ["a", "b"]})',
      '"a, b"',
    ],
    [
      'strings.render_template("{{.missing}} {{.n}} {{.x}}", {"n": null, "x": {"b": 1, "a": [true]}})',
      '"<undefined> <undefined> map[a:[true] b:1]"',
    ],
    [
      'strings.render_template("{{define \\"x\\"}}[{{.}}]{{end}}{{template \\"x\\" .s}}", {"s": "v"})',
      '"[v]"',
    ],
    ['strings.render_template("a {{- /* c */ -}} b{{with .s}}{{.}}{{else}}-{{end}}", {"s": ""})', '"ab-"'],
    [
      'strings.render_template("{{printf \\"%05.1f|%q\\" 1.25 .s}}{{len .s}}{{index .l 1}}", {"s": "é", "l": [1, 2.50]})',
      '"001.2|\\"é\\"22.50"',
    ],
    [
      'strings.render_template("{{eq .i 1}}", {"i": 1})',
      'eval_builtin_error: strings.render_template: template: template:1:2: executing "template" at <eq .i 1>: error calling eq: incompatible types for comparison: json.Number and int',
    ],
    [
      'strings.render_template("{{if}}", {})',
      "eval_builtin_error: strings.render_template: template: template:1: missing value for if",
    ],
    [
      'strings.render_template("{{.a.b}}", {"a": null})',
      'eval_builtin_error: strings.render_template: template: template:1:4: executing "template" at <.a.b>: nil pointer evaluating interface {}.b',
    ],
    [
      'strings.render_template("{{foo}}", {})',
      'eval_builtin_error: strings.render_template: template: template:1: function "foo" not defined',
    ],
    [
      'strings.render_template("{{printf \\"%d %d %d\\" .n .x .l}}", {"n": null, "l": ["a", 1]})',
      '"%!d(<nil>) %!d(<nil>) [%!d(string=a) %!d(json.Number=1)]"',
    ],
    [
      'strings.render_template("a", {"x": {1}})',
      "eval_builtin_error: strings.render_template: invalid character '1' looking for beginning of object key string",
    ],
    [
      'strings.render_template("{{index .l 2}}", {"l": [1, 2]})',
      'eval_builtin_error: strings.render_template: template: template:1:2: executing "template" at <index .l 2>: error calling index: reflect: slice index out of range',
    ],
    [
      'strings.render_template("{{$x = 1}}", {})',
      'eval_builtin_error: strings.render_template: template: template:1:7: executing "template" at <1>: undefined variable: $x',
    ],
    [
      'strings.render_template("{{9999999999999999999999}}", {})',
      'eval_builtin_error: strings.render_template: template: template:1: integer overflow: "9999999999999999999999"',
    ],
  ])("%s", (expression, expected) => {
    expect(outcome(expression, { bad: "text" })).toBe(expected);
  });
});
