import type { Scope } from "./scope.ts";
import { literalText, nameText, termText } from "./terms.ts";
import { KEYS } from "./texts.ts";
import { ANY, arrayOf, BOOLEAN, fitsSurely, mapOf, NUMBER, setOf, STRING, type Type } from "./types.ts";

/** A call of a builtin whose declared types say too little of what it makes sense of. */
interface Special {
  readonly result: Type;
  readonly make: (scope: Scope, depth: number) => string;
}

const ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "", "Mars"];
/** Instants in nanoseconds: around leap days, changes of the clock, and the ends of what fits. */
const INSTANTS = [
  "0",
  "1582977600000000000",
  "1616893200123456789",
  "1635642000000000000",
  "-1",
  "951782399999999999",
  "9223372036854775807",
  "-62135596800000000000",
];
const LAYOUTS = [
  "2006-01-02T15:04:05Z07:00",
  "RFC822",
  "RFC1123Z",
  "RFC3339Nano",
  "Jan _2 06 03:04PM MST",
  "Monday, 2-Jan-06 15.04.05.000",
  "2006-002",
];

const SPECIAL: readonly Special[] = [
  { result: STRING, make: formatted },
  {
    result: STRING,
    make: ({ c }) =>
      `time.format([${c.pick(INSTANTS)}, ${quoted(c.pick(ZONES))}, ${quoted(c.pick(LAYOUTS))}])`,
  },
  { result: STRING, make: ({ c }) => `time.weekday([${c.pick(INSTANTS)}, ${quoted(c.pick(ZONES))}])` },
  { result: STRING, make: (scope, depth) => `json.marshal(${termText(scope, ANY, depth - 1)})` },
  { result: STRING, make: (scope, depth) => `yaml.marshal(${termText(scope, ANY, depth - 1)})` },
  {
    result: STRING,
    make: (scope) =>
      `strings.render_template("{{range $k, $v := .xs}}{{$k}}={{$v}};{{end}}{{.n}}", {"xs": ${nameText(scope, arrayOf(NUMBER))}, "n": ${literalText(scope, ANY, 1)}})`,
  },
  {
    result: arrayOf(NUMBER),
    make: ({ c }) => `time.${c.pick(["date", "clock"])}([${c.pick(INSTANTS)}, ${quoted(c.pick(ZONES))}])`,
  },
  { result: arrayOf(NUMBER), make: ({ c }) => `time.diff(${c.pick(INSTANTS)}, ${c.pick(INSTANTS)})` },
  {
    result: NUMBER,
    make: ({ c }) =>
      `time.add_date(${c.pick(INSTANTS)}, ${c.below(5) - 2}, ${c.below(30) - 10}, ${c.below(70) - 30})`,
  },
  {
    result: NUMBER,
    make: ({ c }) =>
      `time.parse_ns(${quoted(c.pick(LAYOUTS))}, ${quoted(c.pick(["2021-02-29T10:00:00+01:00", "2020-060", "02 Jan 06 15:04 MST", "Tue, 10 Nov 2009 23:00:00 -0700"]))})`,
  },
  {
    result: NUMBER,
    make: ({ c }) =>
      `units.${c.pick(["parse", "parse_bytes"])}("${c.pick(["1", "0.5", "12", "1e3", "-2", "1_0"])}${c.pick(["", "k", "Ki", "MB", "mib", "m", "E", "Pi", "x"])}")`,
  },
  { result: NUMBER, make: (scope, depth) => `count([1 | walk(${termText(scope, ANY, depth - 1)}, [_, _])])` },
  { result: setOf(STRING), make: (scope) => `graph.reachable(${graphText(scope)}, ${rootsText(scope)})` },
  {
    result: setOf(arrayOf(STRING)),
    make: (scope) => `graph.reachable_paths(${graphText(scope)}, ${rootsText(scope)})`,
  },
  { result: setOf(STRING), make: (scope) => `object.keys(${nameText(scope, mapOf(NUMBER))})` },
  {
    result: ANY,
    make: (scope, depth) =>
      `object.get(${objectText(scope, depth)}, ${pathText(scope)}, ${literalText(scope, ANY, 1)})`,
  },
  { result: ANY, make: (scope, depth) => `json.patch(${objectText(scope, depth)}, [${patchText(scope)}])` },
  ...["json.filter", "json.remove"].map((name): Special => ({
    result: ANY,
    make: (scope, depth) => `${name}(${objectText(scope, depth)}, ${pathsText(scope)})`,
  })),
  ...["object.filter", "object.remove"].map((name): Special => ({
    result: mapOf(ANY),
    make: (scope, depth) => `${name}(${objectText(scope, depth)}, ${keysText(scope)})`,
  })),
  {
    result: mapOf(ANY),
    make: (scope, depth) => `object.union(${objectText(scope, depth)}, ${objectText(scope, depth)})`,
  },
  {
    result: mapOf(ANY),
    make: (scope, depth) =>
      `object.union_n([${scope.c.list(0, 3, () => objectText(scope, depth - 1)).join(", ")}])`,
  },
  {
    result: BOOLEAN,
    make: (scope, depth) => {
      const type = scope.c.pick([mapOf(ANY), arrayOf(NUMBER), setOf(NUMBER)]);
      return `object.subset(${termText(scope, type, depth - 1)}, ${literalText(scope, type, 1)})`;
    },
  },
  {
    result: BOOLEAN,
    make: ({ c }) =>
      `glob.match("${c.pick(["*.b", "**", "{a,b}.?", "[!a]*", "a.*.c"])}", ${c.pick(["null", "[]", '["."]', '["/", ":"]'])}, "${c.pick(["a.b", "b.c", "a.b.c", "", "a:b"])}")`,
  },
  {
    result: BOOLEAN,
    make: (scope) =>
      `type_name(${nameText(scope, ANY)}) == "${scope.c.pick(["set", "object", "number", "array"])}"`,
  },
];

/** A call of one of them that fits; undefined where none does. */
export function specialCall(scope: Scope, type: Type, depth: number): string | undefined {
  const fitting = SPECIAL.filter(({ result }) => fitsSurely(result, type));
  if (fitting.length === 0) return undefined;
  const text = scope.c.pick(fitting).make(scope, depth);
  return text.includes(" == ") ? `(${text})` : text;
}

/** `sprintf` with as many arguments as verbs, mostly. */
function formatted(scope: Scope, depth: number): string {
  const { c } = scope;
  const verbs = c.list(1, 3, () => {
    const flags = c.pick(["", "", "-", "+", "#", "0", " "]);
    const width = c.pick(["", "", "8", "2", "*"]);
    const precision = c.pick(["", "", ".2", ".0", "."]);
    return `%${flags}${width}${precision}${c.pick([..."vvvdsqtxXfgeGcUbopT%w"])}`;
  });
  const values = verbs.map(() => termText(scope, c.pick([NUMBER, NUMBER, STRING, ANY, BOOLEAN]), depth - 2));
  if (c.chance(10)) values.pop();
  return `sprintf(${quoted(verbs.join(c.pick(["", " ", "é|"])))}, [${values.join(", ")}])`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function graphText({ c }: Scope): string {
  const nodes = ["a", "b", "c", "d"];
  const edges = nodes.slice(0, 1 + c.below(4)).map((node) => {
    const targets = c.list(0, 3, () => quoted(c.pick([...nodes, "e"]))).join(", ");
    return `${quoted(node)}: ${c.way([() => `[${targets}]`, () => (targets === "" ? "set()" : `{${targets}}`), () => "null"])}`;
  });
  return `{${edges.join(", ")}}`;
}

function rootsText({ c }: Scope): string {
  const roots = c.list(1, 2, () => quoted(c.pick(["a", "b", "x"]))).join(", ");
  return c.chance(50) ? `[${roots}]` : `{${roots}}`;
}

function objectText(scope: Scope, depth: number): string {
  return scope.c.chance(40)
    ? scope.c.pick(["input", "data.base", "input.o", "data.base.m", "data.lib.table"])
    : literalText(scope, mapOf(ANY), depth - 1);
}

function pathText({ c }: Scope): string {
  if (c.chance(30)) return quoted(c.pick(KEYS));
  return `[${c.list(0, 3, () => c.way([() => quoted(c.pick([...KEYS, "o", "m"])), () => String(c.below(3))])).join(", ")}]`;
}

function pointer({ c }: Scope): string {
  return c.list(1, 3, () => c.pick(["a", "b", "xs", "0", "1", "-", "o", "m", "~1", "a~0"])).join("/");
}

function pathsText(scope: Scope): string {
  const { c } = scope;
  const paths = c.list(1, 3, () => (c.chance(70) ? quoted(pointer(scope)) : pathText(scope)));
  return c.chance(50) ? `[${paths.join(", ")}]` : `{${paths.join(", ")}}`;
}

function keysText({ c }: Scope): string {
  const keys = c.list(1, 3, () => quoted(c.pick(KEYS)));
  return c.way([
    () => `[${keys.join(", ")}]`,
    () => `{${keys.join(", ")}}`,
    () => `{${keys.map((key) => `${key}: 1`).join(", ")}}`,
  ]);
}

function patchText(scope: Scope): string {
  const { c } = scope;
  const path = (): string => quoted(`/${pointer(scope)}`);
  return c
    .list(1, 2, () =>
      c.way([
        () => `{"op": "add", "path": ${path()}, "value": ${literalText(scope, ANY, 1)}}`,
        () => `{"op": "replace", "path": ${path()}, "value": ${literalText(scope, ANY, 1)}}`,
        () => `{"op": "remove", "path": ${path()}}`,
        () => `{"op": "test", "path": ${path()}, "value": ${literalText(scope, ANY, 0)}}`,
        () => `{"op": "${c.pick(["move", "copy"])}", "from": ${path()}, "path": ${path()}}`,
      ]),
    )
    .join(", ");
}
