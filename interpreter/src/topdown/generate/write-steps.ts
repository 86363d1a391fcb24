import type { BodyPlan, EveryStep, Join, Scan, Step } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";
import { isCollection } from "../assemble/scan.ts";
import { entriesOf, type Entries } from "./entries.ts";
import { Unwritable } from "./unwritable.ts";
import { slotName, type Then, type Writer } from "./writer.ts";

/** Writes steps, and `then` for each of their solutions. Without any, the code goes on behind the block `fail`. */
export function writeSteps(steps: readonly Step[], fail: string, w: Writer, then: Then): void {
  for (const [i, step] of steps.entries()) {
    if (step.op === "scan") {
      writeScan(step, fail, w, (inner) => writeSteps(steps.slice(i + 1), inner, w, then));
      return;
    }
    if (step.op === "join") {
      w.join(step, fail, (inner) => writeSteps(steps.slice(i + 1), inner, w, then));
      return;
    }
    writeTest(step, fail, w);
  }
  then(fail);
}

function writeTest(step: Exclude<Step, Scan | Join>, fail: string, w: Writer): void {
  const { text } = w;
  switch (step.op) {
    case "bind":
      text.line(`${slotName(step.slot)} = ${w.operand(step.value, fail)};`);
      return;
    case "check":
      text.line(`if (${w.operand(step.value, fail)} === false) break ${fail};`);
      return;
    case "equal": {
      const left = w.operand(step.left, fail);
      const right = w.operand(step.right, fail);
      text.line(`if (${left} !== ${right} && !${text.give(equals)}(${left}, ${right})) break ${fail};`);
      return;
    }
    case "match": {
      const value = text.variable();
      text.line(`${value} = ${w.operand(step.value, fail)};`);
      w.pattern(step.pattern, value, fail);
      return;
    }
    case "not":
      text.line(`if (${writeFound(step.body, w)}) break ${fail};`);
      return;
    case "every":
      writeEvery(step, fail, w);
      return;
    case "and":
      for (const body of step.bodies) text.line(`if (!${writeFound(body, w)}) break ${fail};`);
      return;
    case "or": {
      const found = text.variable();
      text.line(`${found} = false;`);
      text.block((done) => {
        for (const body of step.bodies) text.line(`if (${found} = ${writeFound(body, w)}) break ${done};`);
      });
      text.line(`if (!${found}) break ${fail};`);
      return;
    }
    case "walk":
    case "relation":
    case "solve":
    case "with":
      throw new Unwritable();
  }
}

/** A variable that tells whether a body has a solution. */
function writeFound(body: BodyPlan, w: Writer): string {
  const { text } = w;
  const found = text.variable();
  text.line(`${found} = false;`);
  text.block((label) => {
    w.body(body, label, () => text.line(`${found} = true; break ${label};`));
  });
  return found;
}

/** Arrays, which most collections are, are walked as they are; of all others the entries are read first. */
function writeScan(step: Scan, fail: string, w: Writer, then: Then): void {
  const { text, budget } = w;
  const over = w.operand(step.over, fail);
  writeLoop(over, step.ordered, w, (key, value, inner) => {
    text.line(`${budget}.step();`);
    if (step.key) w.pattern(step.key, key, inner);
    if (step.value !== undefined) text.line(`${slotName(step.value)} = ${value};`);
    then(inner);
  });
}

/** Undefined for what is no collection, true for an empty one. */
function writeEvery(step: EveryStep, fail: string, w: Writer): void {
  const { text, budget } = w;
  const domain = w.operand(step.domain, fail);
  text.line(`if (!${text.give(isCollection)}(${domain})) break ${fail};`);
  writeLoop(domain, true, w, (key, value) => {
    text.line(`${budget}.step(); ${slotName(step.key)} = ${key}; ${slotName(step.value)} = ${value};`);
    text.line(`if (!${writeFound(step.body, w)}) break ${fail};`);
  });
}

/** A loop over the entries of whatever value; `each` gets variables for key and value, and the label to leave for the next one. */
function writeLoop(
  over: string,
  ordered: boolean,
  { text }: Writer,
  each: (key: string, value: string, next: string) => void,
): void {
  const [entries, i, key, value, length] = Array.from({ length: 5 }, () => text.variable()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const read: (collection: never, ordered: boolean) => Entries | undefined = entriesOf;
  text.line(
    `${entries} = Array.isArray(${over}) ? undefined : ${text.give(read)}(${over}, ${String(ordered)});`,
  );
  text.line(`for (${i} = 0, ${length} = (${entries} === undefined ? ${over} : ${entries}.values).length;`);
  text.line(`${i} < ${length}; ${i}++) {`);
  text.line(`if (${entries} === undefined) { ${key} = ${i}; ${value} = ${over}[${i}]; }`);
  text.line(`else { ${key} = ${entries}.keys[${i}]; ${value} = ${entries}.values[${i}]; }`);
  text.block((next) => each(key, value, next));
  text.line("}");
}
