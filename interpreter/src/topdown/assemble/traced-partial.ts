import type { ClausePlan, RulePlan } from "../../plan/plan.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import { DocumentBuilder } from "../document-builder.ts";
import type { Frame } from "../machine.ts";
import type { Tracer } from "../tracer.ts";
import type { Seen } from "../unifications.ts";
import type { Assembler, Run } from "./assembler.ts";
import { assembleTracedBody } from "./traced.ts";
import { ruleSubject } from "./traced-index.ts";

/** Makes a partial document for the arguments that its heads must fit. `asked` as in `solve` of a rule unit. */
export type MakePartial = (args: readonly Value[], asked: Seen | undefined) => Value;

export function assembleTracedPartial(
  plan: RulePlan,
  tracer: Tracer,
  assembler: Assembler,
  matching: (args: readonly Value[]) => readonly (readonly ClausePlan[])[],
): MakePartial {
  const { machine } = assembler;
  const clauses = plan.chains.map(([clause]) => {
    const subject = ruleSubject(plan, clause);
    const element = clause.element && assembler.plain(clause.element);
    const value = clause.value && assembler.plain(clause.value);
    const path = clause.at.map(assembler.plain);
    const last: Run = (frame) => {
      const found = (element ?? value)?.(frame);
      if (found === undefined) return false;
      machine.budget.element();
      const builder = frame[0] as RegoSet | DocumentBuilder;
      if (builder instanceof RegoSet) {
        const isNew = builder.add(found);
        if (!isNew && (plan.restricted || plan.fitted))
          tracer.emit("Duplicate", subject, "", frame, tracer.left);
        return false;
      }
      const at = path.map((part) => part(frame) as Value);
      if (element) builder.addElement(at, found, clause.headSpan);
      else builder.setValue(at, found, clause.headSpan);
      return false;
    };
    return { clause, subject, run: assembleTracedBody(clause.body, subject, false, last, tracer, assembler) };
  });
  return (args, asked) => {
    const caller = machine.rule;
    machine.rule = plan.path;
    machine.budget.enter();
    const frame: Frame = new Array(plan.slots);
    args.forEach((arg, i) => (frame[i + 1] = arg));
    const set = plan.kind === "set" ? new RegoSet() : undefined;
    const builder =
      set ??
      new DocumentBuilder((span) => machine.fault("eval_conflict_error", "object keys must be unique", span));
    frame[0] = builder;
    const matched = new Set(matching(args).flat());
    const { headMissed } = tracer;
    for (const { clause, subject, run } of clauses) {
      if (!matched.has(clause)) continue;
      tracer.headMissed = () => tracer.emit("Fail", subject, "", undefined);
      tracer.asked = asked;
      run(frame);
    }
    tracer.headMissed = headMissed;
    machine.budget.leave();
    machine.rule = caller;
    return builder instanceof DocumentBuilder ? builder.build() : builder;
  };
}
