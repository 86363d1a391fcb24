import type { Join } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";
import { JoinIndexes } from "../join-indexes.ts";
import { ValueIndex } from "../value-index.ts";
import { writeSteps } from "./write-steps.ts";
import { slotName, type Then, type Writer } from "./writer.ts";

/**
 * See `assembleJoin`. Solutions are gathered before what follows runs. Where an element that is left out later is in conflict
 * while an index is built, the evaluation ends, and the exact plan decides.
 */
export function writeJoin(step: Join, fail: string, w: Writer, then: Then): void {
  const { text, budget, machine } = w;
  const [index, solutions, i] = [text.variable(), text.variable(), text.variable()];
  const indexes = text.give(new JoinIndexes());
  const [same, build] = [text.give(equals), text.give("build")];
  const over = w.operand(step.over, fail);
  text.line(`if (typeof ${over} !== "object" || ${over} === null) break ${fail};`);
  const wanted = w.operand(step.equals, fail);
  // A replaced function may be one that the steps call.
  text.line(`${index} = ${machine}.mocks === undefined ? ${indexes}.of(${over}) : undefined;`);
  text.line(`if (${index} === undefined || ${index} === ${build}) {`);
  text.line(
    `${solutions} = []; ${index} = ${index} === ${build} ? new ${text.give(ValueIndex)}() : undefined;`,
  );
  text.block((label) => {
    writeSteps(step.steps, label, w, (inner) => {
      const column = w.operand(step.column, inner);
      const solution = `[${step.slots.map(slotName).join()}]`;
      text.line(`if (${index} !== undefined) {`);
      text.line(`${budget}.elements(${1 + step.slots.length}); ${index}.add(${column}, ${solution});`);
      text.line(`} else if (${column} === ${wanted} || ${same}(${column}, ${wanted}))`);
      text.line(`${solutions}.push(${solution});`);
    });
  });
  text.line(`if (${index} !== undefined) ${indexes}.keep(${over}, ${index}); }`);
  text.line(`if (${index} !== undefined) ${solutions} = ${index}.get(${wanted});`);
  text.line(`for (${i} = 0; ${i} < ${solutions}.length; ${i}++) { ${budget}.step();`);
  step.slots.forEach((slot, n) => text.line(`${slotName(slot)} = ${solutions}[${i}][${n}];`));
  text.block(then);
  text.line("}");
}
