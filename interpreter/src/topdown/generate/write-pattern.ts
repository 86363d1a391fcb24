import type { Pattern } from "../../plan/plan.ts";
import { valueAt } from "../../value/index-access.ts";
import { equals } from "../../value/order.ts";
import { entryCount } from "../assemble/pattern.ts";
import { slotName, type Writer } from "./writer.ts";

/** See {@link Writer.pattern}. */
export function writePattern(pattern: Pattern, value: string, fail: string, w: Writer): void {
  const { text } = w;
  switch (pattern.op) {
    case "any":
      return;
    case "bind":
      text.line(`${slotName(pattern.slot)} = ${value};`);
      return;
    case "equal": {
      const other = w.operand(pattern.value, fail);
      text.line(`if (${value} !== ${other} && !${text.give(equals)}(${value}, ${other})) break ${fail};`);
      return;
    }
    case "array":
      text.line(
        `if (!Array.isArray(${value}) || ${value}.length !== ${pattern.items.length}) break ${fail};`,
      );
      pattern.items.forEach((item, i) => {
        const element = text.variable();
        text.line(`${element} = ${value}[${i}];`);
        w.pattern(item, element, fail);
      });
      return;
    case "object":
      text.line(`if (${text.give(entryCount)}(${value}) !== ${pattern.entries.length}) break ${fail};`);
      for (const [key, item] of pattern.entries) {
        const member = text.variable();
        const name = w.operand(key, fail);
        text.line(`if ((${member} = ${text.give(valueAt)}(${value}, ${name})) === undefined) break ${fail};`);
        w.pattern(item, member, fail);
      }
      return;
  }
}
