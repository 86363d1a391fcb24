import { numberFromText } from "../value/number.ts";
import { NUMBER, STRING, named, tuple, union } from "../value/type.ts";
import type { RegoNumber } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { integerOperand, stringOperand } from "./operands.ts";
import { addDate, civilIn, difference } from "./time/calendar.ts";
import { WEEKDAYS, weekday } from "./time/civil.ts";
import { parseDuration } from "./time/duration.ts";
import { formatTime } from "./time/format.ts";
import { instantOperand, nsResult } from "./time/instant.ts";
import { layoutText } from "./time/layout.ts";
import { parseTime } from "./time/parse.ts";

export const timeBuiltins = defineBuiltins([
  {
    name: "time.now_ns",
    decl: {
      args: [],
      result: named("now", NUMBER, "nanoseconds since epoch"),
    },
    description: "Returns the current time since epoch in nanoseconds.",
    categories: ["time"],
    nondeterministic: true,
    memoised: true,
    run: (_, context) => now(context),
  },
  {
    name: "time.parse_ns",
    decl: {
      args: [
        named(
          "layout",
          STRING,
          "format used for parsing, see the [Go `time` package documentation](https://golang.org/pkg/time/#Parse) for more details",
        ),
        named("value", STRING, "input to parse according to `layout`"),
      ],
      result: named("ns", NUMBER, "`value` in nanoseconds since epoch"),
    },
    description:
      "Returns the time in nanoseconds parsed from the string in the given format. `undefined` if the result would be outside the valid time range that can fit within an `int64`.",
    categories: ["time"],
    run: ([layout, value]) => {
      const form = layoutText(stringOperand(layout, 1));
      return nsResult(parseTime(form, stringOperand(value, 2)));
    },
  },
  {
    name: "time.parse_rfc3339_ns",
    decl: {
      args: [named("value", STRING, "input string to parse in RFC3339 format")],
      result: named("ns", NUMBER, "`value` in nanoseconds since epoch"),
    },
    description:
      "Returns the time in nanoseconds parsed from the string in RFC3339 format. `undefined` if the result would be outside the valid time range that can fit within an `int64`.",
    categories: ["time"],
    run: ([value]) => nsResult(parseTime(layoutText("RFC3339"), stringOperand(value, 1))),
  },
  {
    name: "time.parse_duration_ns",
    decl: {
      args: [
        named(
          "duration",
          STRING,
          'a duration like "3m"; see the [OPA `Duration Parsing` documentation](https://www.openpolicyagent.org/docs/latest/policy-reference/builtins/time#duration-parsing) for more details',
        ),
      ],
      result: named("ns", NUMBER, "the `duration` in nanoseconds"),
    },
    description: "Returns the duration in nanoseconds represented by a string.",
    categories: ["time"],
    run: ([duration]) => numberFromText(String(parseDuration(stringOperand(duration, 1)))),
  },
  {
    name: "time.format",
    decl: {
      args: [
        named(
          "x",
          union(NUMBER, tuple(NUMBER, STRING), tuple(NUMBER, STRING, STRING)),
          "a number representing the nanoseconds since the epoch (UTC); or a two-element array of the nanoseconds, and a timezone string; or a three-element array of ns, timezone string and a layout string or golang defined formatting constant (see golang supported time formats)",
        ),
      ],
      result: named(
        "formatted timestamp",
        STRING,
        "the formatted timestamp represented for the nanoseconds since the epoch in the supplied timezone (or UTC)",
      ),
    },
    description: "Returns the formatted timestamp for the nanoseconds since epoch.",
    categories: ["time"],
    run: ([x]) => {
      const { ns, zone, layout } = instantOperand(x);
      return formatTime(ns, zone, layoutText(layout === "" ? "RFC3339Nano" : layout));
    },
  },
  {
    name: "time.date",
    decl: {
      args: [
        named(
          "x",
          union(NUMBER, tuple(NUMBER, STRING)),
          "a number representing the nanoseconds since the epoch (UTC); or a two-element array of the nanoseconds, and a timezone string",
        ),
      ],
      result: named(
        "date",
        tuple(NUMBER, NUMBER, NUMBER),
        "an array of `year`, `month` (1-12), and `day` (1-31)",
      ),
    },
    description: "Returns the `[year, month, day]` for the nanoseconds since epoch.",
    categories: ["time"],
    run: ([x]) => {
      const { ns, zone } = instantOperand(x);
      const { year, month, day } = civilIn(ns, zone);
      return [year, month, day];
    },
  },
  {
    name: "time.clock",
    decl: {
      args: [
        named(
          "x",
          union(NUMBER, tuple(NUMBER, STRING)),
          "a number representing the nanoseconds since the epoch (UTC); or a two-element array of the nanoseconds, and a timezone string",
        ),
      ],
      result: named(
        "output",
        tuple(NUMBER, NUMBER, NUMBER),
        "the `hour`, `minute` (0-59), and `second` (0-59) representing the time of day for the nanoseconds since epoch in the supplied timezone (or UTC)",
      ),
    },
    description: "Returns the `[hour, minute, second]` of the day for the nanoseconds since epoch.",
    categories: ["time"],
    run: ([x]) => {
      const { ns, zone } = instantOperand(x);
      const { hour, minute, second } = civilIn(ns, zone);
      return [hour, minute, second];
    },
  },
  {
    name: "time.weekday",
    decl: {
      args: [
        named(
          "x",
          union(NUMBER, tuple(NUMBER, STRING)),
          "a number representing the nanoseconds since the epoch (UTC); or a two-element array of the nanoseconds, and a timezone string",
        ),
      ],
      result: named(
        "day",
        STRING,
        "the weekday represented by `ns` nanoseconds since the epoch in the supplied timezone (or UTC)",
      ),
    },
    description: "Returns the day of the week (Monday, Tuesday, ...) for the nanoseconds since epoch.",
    categories: ["time"],
    run: ([x]) => {
      const { ns, zone } = instantOperand(x);
      return WEEKDAYS[weekday(civilIn(ns, zone))];
    },
  },
  {
    name: "time.add_date",
    decl: {
      args: [
        named("ns", NUMBER, "nanoseconds since the epoch"),
        named("years", NUMBER, "number of years to add"),
        named("months", NUMBER, "number of months to add"),
        named("days", NUMBER, "number of days to add"),
      ],
      result: named(
        "output",
        NUMBER,
        "nanoseconds since the epoch representing the input time, with years, months and days added",
      ),
    },
    description:
      "Returns the nanoseconds since epoch after adding years, months and days to nanoseconds. Month & day values outside their usual ranges after the operation and will be normalized - for example, October 32 would become November 1. `undefined` if the result would be outside the valid time range that can fit within an `int64`.",
    categories: ["time"],
    run: ([ns, years, months, days]) => {
      const instant = instantOperand(ns);
      const counts = [years, months, days].map((count, i) => integerOperand(count, i + 2));
      // So many years lie outside of the valid range whatever the unit is.
      if (counts.some((count) => Math.abs(count) > 1e9))
        throw new BuiltinError("time outside of valid range");
      return nsResult(addDate(instant, ...(counts as [number, number, number])));
    },
  },
  {
    name: "time.diff",
    decl: {
      args: [
        named(
          "ns1",
          union(NUMBER, tuple(NUMBER, STRING)),
          "nanoseconds since the epoch; or a two-element array of the nanoseconds, and a timezone string",
        ),
        named(
          "ns2",
          union(NUMBER, tuple(NUMBER, STRING)),
          "nanoseconds since the epoch; or a two-element array of the nanoseconds, and a timezone string",
        ),
      ],
      result: named(
        "output",
        tuple(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER),
        "difference between `ns1` and `ns2` (in their supplied timezones, if supplied, or UTC) as array of numbers: `[years, months, days, hours, minutes, seconds]`",
      ),
    },
    description:
      "Returns the difference between two unix timestamps in nanoseconds (with optional timezone strings).",
    categories: ["time"],
    run: ([ns1, ns2]) => difference(instantOperand(ns1), instantOperand(ns2)),
  },
]);

/** The clock is read once a query: a policy sees one moment. */
function now(context: BuiltinContext): RegoNumber {
  const known = context.queryCache.get("time.now_ns") as RegoNumber | undefined;
  if (known !== undefined) return known;
  const ns = numberFromText(String(context.host.nowNs()));
  context.queryCache.set("time.now_ns", ns);
  return ns;
}
