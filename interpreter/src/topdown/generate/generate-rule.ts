import type { ClausePlan, RulePlan, SharedSteps } from "../../plan/plan.ts";
import { equals } from "../../value/order.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import type { Assembler } from "../assemble/assembler.ts";
import { assembleIndex } from "../assemble/index-lookup.ts";
import { haveOneValue } from "../assemble/one-value.ts";
import { conflictMessage } from "../assemble/rule.ts";
import { DocumentBuilder } from "../document-builder.ts";
import { ProgramText, TooLong } from "./program-text.ts";
import { Unwritable } from "./unwritable.ts";
import { writeJoin } from "./write-join.ts";
import { writeOperand } from "./write-operand.ts";
import { writePattern } from "./write-pattern.ts";
import { writeSteps } from "./write-steps.ts";
import { slotName, type Then, type Writer } from "./writer.ts";

type Evaluate = (args: readonly Value[]) => Value | undefined;

/**
 * Writes a JavaScript function for a rule: what its closures do, with variables instead of frames and loops instead of calls.
 * Closures of one kind share what the engine learns of values in them, so among many policies none of it fits any more; a
 * function of a rule has that to itself. Undefined where the rule has parts that are not written, is too long, or the host
 * forbids to make code of strings.
 */
export function generateRule(plan: RulePlan, assembler: Assembler): Evaluate | undefined {
  if (plan.lookup) return undefined;
  const w = writerFor(assembler);
  const { text } = w;
  try {
    for (let i = 0; i < plan.params; i++) text.line(`${slotName(i + 1)} = a[${i}];`);
    if (plan.kind === "set" || plan.kind === "object") writePartial(plan, w);
    else writeComplete(plan, w);
    return text.compile("a", plan.slots) as Evaluate | undefined;
  } catch (error) {
    // A RangeError is the engine's, whose stack is too small for what is nested so deep.
    if (error instanceof Unwritable || error instanceof TooLong || error instanceof RangeError)
      return undefined;
    throw error;
  }
}

function writerFor(assembler: Assembler): Writer {
  const text = new ProgramText();
  const w: Writer = {
    text,
    assembler,
    machine: text.give(assembler.machine),
    budget: text.give(assembler.machine.budget),
    operand: (operand, fail) => writeOperand(operand, fail, w),
    pattern: (pattern, value, fail) => writePattern(pattern, value, fail, w),
    body(body, fail, then) {
      const steps = body.exprs.flatMap((expr) => expr.steps);
      writeSteps(steps, fail, w, then);
    },
    join: (join, fail, then) => writeJoin(join, fail, w, then),
  };
  return w;
}

/** Runs `write` for each chain that can match. */
function writeChains(plan: RulePlan, w: Writer, write: (chain: number) => void): void {
  const { text, assembler } = w;
  if (!plan.index) {
    for (const chain of plan.chains.keys()) write(chain);
    return;
  }
  const [matching, i] = [text.variable(), text.variable()];
  const lookup = text.give(assembleIndex(plan.index, assembler));
  text.line(`${matching} = ${lookup}([undefined, ...a]);`);
  text.line(`for (${i} = 0; ${i} < ${matching}.length; ${i}++) switch (${matching}[${i}]) {`);
  for (const chain of plan.chains.keys()) {
    text.line(`case ${chain}: {`);
    write(chain);
    text.line("break; }");
  }
  text.line("}");
}

/** See `assemblePartial`. */
function writePartial(plan: RulePlan, w: Writer): void {
  const { text, assembler } = w;
  const { machine } = assembler;
  const into = text.variable();
  if (plan.kind === "set") text.line(`${into} = new ${text.give(RegoSet)}();`);
  else {
    const make = (): DocumentBuilder =>
      new DocumentBuilder((span) => machine.fault("eval_conflict_error", "object keys must be unique", span));
    text.line(`${into} = ${text.give(make)}();`);
  }
  text.block((done) => {
    const result = (clause: ClausePlan): Then => {
      // Of a set restricted to one element the first is the last.
      const stop = plan.kind === "set" && plan.restricted && !assembler.options.exact ? done : undefined;
      return (fail) => writeResult(plan, clause, into, stop, fail, w);
    };
    if (plan.shared) {
      writeShared(plan.shared, w, (number) => result((plan.chains[number] as readonly [ClausePlan])[0]));
    } else {
      writeChains(plan, w, (chain) => {
        const [clause] = plan.chains[chain] as readonly [ClausePlan];
        text.block((fail) => w.body(clause.body, fail, result(clause)));
      });
    }
  });
  text.line(`return ${into}${plan.kind === "set" ? "" : ".build()"};`);
}

function writeShared(shared: readonly SharedSteps[], w: Writer, result: (clause: number) => Then): void {
  for (const { steps, then } of shared) {
    w.text.block((fail) => {
      writeSteps(
        steps,
        fail,
        w,
        typeof then === "number" ? result(then) : () => writeShared(then, w, result),
      );
    });
  }
}

/** Puts what a clause has found into the document. */
function writeResult(
  plan: RulePlan,
  clause: ClausePlan,
  into: string,
  stop: string | undefined,
  fail: string,
  w: Writer,
): void {
  const { text, budget } = w;
  const { element, value, at } = clause;
  if (plan.kind === "set") {
    if (!element) return;
    const found = w.operand(element, fail);
    text.line(`${budget}.element(); ${into}.add(${found});`);
    if (stop !== undefined) text.line(`break ${stop};`);
    return;
  }
  const path = at.map((part) => w.operand(part, fail));
  const found = element ?? value;
  if (!found) return;
  const member = w.operand(found, fail);
  const put = element ? "addElement" : "setValue";
  text.line(
    `${budget}.element(); ${into}.${put}([${path.join()}], ${member}, ${text.give(clause.headSpan)});`,
  );
}

/** See `assembleComplete`. */
function writeComplete(plan: RulePlan, w: Writer): void {
  const { text, assembler } = w;
  const message = conflictMessage(plan);
  const oneValue = assembler.options.earlyExit && haveOneValue(plan.chains);
  const [value, found] = [text.variable(), text.variable()];
  const differ = (clause: ClausePlan): string => {
    const conflict = (): never => {
      throw assembler.machine.fault("eval_conflict_error", message, clause.span);
    };
    return `${text.give(conflict)}()`;
  };
  const same = text.give(equals);
  const writeClause = (clause: ClausePlan): void => {
    text.line(`${found} = undefined;`);
    text.block((clauseEnd) => {
      w.body(clause.body, clauseEnd, (fail) => {
        if (!clause.value) return;
        const one = w.operand(clause.value, fail);
        if (clause.value.op === "const") {
          text.line(`${found} = ${one};${assembler.options.earlyExit ? ` break ${clauseEnd};` : ""}`);
          return;
        }
        text.line(`if (${found} === undefined) ${found} = ${one};`);
        text.line(`else if (${found} !== ${one} && !${same}(${found}, ${one})) ${differ(clause)};`);
      });
    });
  };
  text.line(`${value} = undefined;`);
  text.block((done) => {
    writeChains(plan, w, (chain) => {
      text.block((next) => {
        for (const clause of plan.chains[chain] as readonly ClausePlan[]) {
          writeClause(clause);
          text.line(`if (${found} !== undefined) {`);
          text.line(`if (${value} === undefined) ${value} = ${found};`);
          text.line(`else if (${value} !== ${found} && !${same}(${value}, ${found})) ${differ(clause)};`);
          text.line(`break ${oneValue ? done : next}; }`);
        }
      });
    });
  });
  if (plan.default) {
    text.line(`if (${value} === undefined) {`);
    writeClause(plan.default);
    text.line(`${value} = ${found}; }`);
  }
  text.line(`return ${value};`);
}
