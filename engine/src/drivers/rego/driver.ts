import { createRego, formatError, formatErrors, NO_HOST, TraceRecorder } from "@portcullis/interpreter";
import type { Builtin, Host, Location, PreparedRule, Rego, RegoError } from "@portcullis/interpreter";
import { engineError, succeed } from "../../errors.ts";
import type { Outcome } from "../../errors.ts";
import type { RegoSource } from "../../templates/template.ts";
import type { Answer, CompiledTemplate, Driver, Question } from "../driver.ts";
import { explanation } from "./explain.ts";
import type { Explained } from "./explain.ts";
import { atTemplate, HOOK } from "./hook.ts";
import { refuseRego, rewriteTemplate, TEMPLATE_PACKAGE } from "./rego-rewriter.ts";
import { RulesRecorder } from "./rule-record.ts";
import { traceLines } from "./trace.ts";
import { readViolations } from "./violations.ts";

export interface RegoDriverOptions {
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly host: Host;
  /** Whether `data.inventory` may be read. */
  readonly referentialRules: boolean;
  /** Whether JavaScript is written for policies. Default false. */
  readonly generateCode?: boolean;
  readonly onPrint?: (line: string) => void;
}

/** Judges with Rego: each template is compiled by itself, once, into one prepared `violation` rule. */
export function regoDriver(options: RegoDriverOptions): Driver {
  return {
    name: "Rego",
    compile: (_kind, source) => compileTemplate(source, options),
  };
}

const VIOLATION: readonly string[] = [...TEMPLATE_PACKAGE, "violation"];

function compileTemplate(source: RegoSource, options: RegoDriverOptions): Outcome<CompiledTemplate> {
  const rewritten = rewriteTemplate(source, options);
  if (!rewritten.ok) return rewritten;
  const rego = createRego({
    modules: [...rewritten.value.modules, HOOK],
    builtins: options.builtins,
    host: options.host,
    print: options.onPrint !== undefined,
    dataPathExists: (path) => path[0] === "inventory",
  });
  if (rego.errors.length > 0) return cannotCompile(rego.errors, rewritten.value.violation);
  const rule = rego.prepareRule(VIOLATION, {
    stableInput: ["parameters"],
    generateCode: options.generateCode ?? false,
  });
  if (rule.errors.length > 0) return cannotCompile(rule.errors, rewritten.value.violation);
  const modules = Object.fromEntries(rewritten.value.modules.map((module) => [module.name, module.source]));
  const coverable = () => rego.coverable().filter(({ at }) => at.file !== HOOK.name);
  return succeed({
    modules,
    hints: rewritten.value.hints,
    dependsOn: rewritten.value.dependsOn,
    reads: rewritten.value.reads,
    coverable,
    evaluate: evaluator(rego, rule, () => ({ modules, coverable: coverable() }), options),
  });
}

function cannotCompile(errors: readonly RegoError[], violation: Location | undefined): Outcome<never> {
  return refuseRego(`unable to compile modules: ${formatErrors(errors)}`, atTemplate(errors, violation));
}

type Code = Pick<Explained, "modules" | "coverable">;

function evaluator(
  rego: Rego,
  rule: PreparedRule,
  code: () => Code,
  options: RegoDriverOptions,
): CompiledTemplate["evaluate"] {
  const { host, onPrint } = options;
  const judge = (by: PreparedRule, { review, parameters, data, budget, answers }: Question): Answer => {
    const { value, errors } = by.eval({
      input: { review, parameters },
      data,
      host,
      answers: answers ?? NO_HOST,
      budget,
      onPrint,
    });
    return errors.length > 0 ? failure(errors) : readViolations(value);
  };
  return (question) => {
    const { review, parameters, trace, explain, observer } = question;
    // The rule that judges every day contains no code for observers.
    if (!trace && !explain && !observer) return judge(rule, question);
    const recorder = trace && new TraceRecorder();
    const rules = explain && new RulesRecorder();
    const observers = [recorder, rules, observer].filter((one) => one !== undefined);
    const answer = judge(rego.prepareRule(VIOLATION, { observers }), question);
    if (recorder) trace?.(traceLines(recorder));
    if (rules) explain?.(explanation({ rules: rules.rules(), ...code(), input: { review, parameters } }));
    return answer;
  };
}

/** A failed rule rejects by itself; a budget that ran out is no verdict at all. */
function failure(errors: readonly RegoError[]): Answer {
  const cancelled = errors.find((error) => error.code === "eval_cancel_error");
  if (cancelled) {
    const error = engineError("evaluation_failed", formatError(cancelled), errors);
    return { kind: "undecided", error: { ...error, retryable: true } };
  }
  return { kind: "failed", message: errors.map(formatError).join("\n") };
}
