import { writeJson } from "@portcullis/interpreter";
import { refuse, succeed } from "../errors.ts";
import type { Answer, Driver, Question } from "./driver.ts";

/** Stands for a template's Rego in tests of the framework: the text names one of these rules. */
const RULES: Readonly<Record<string, (question: Question) => Answer>> = {
  "deny all": () => violation("denied"),
  "allow all": () => ({ kind: "violations", violations: [] }),
  "echo parameters": ({ parameters }) => violation(writeJson(parameters)),
  "echo review": ({ review }) => violation(writeJson(review)),
  "echo inventory": ({ data }) => violation(writeJson(data)),
  fail: () => ({ kind: "failed", message: "the rule failed" }),
};

function violation(msg: string): Answer {
  return { kind: "violations", violations: [{ msg, details: {} }] };
}

/**
 * A driver whose templates hold one of a few phrases in place of Rego: `deny all`, `allow all`, `echo parameters`, …. `onAsked`
 * is told each question.
 */
export function fakeDriver(onAsked?: (question: Question) => void): Driver {
  return {
    name: "Fake",
    compile(_kind, source) {
      const rule = RULES[source.rego];
      if (!rule) return refuse("ingest_error", `no such rule: ${source.rego}`);
      return succeed({
        evaluate(question) {
          onAsked?.(question);
          return rule(question);
        },
        modules: { template: source.rego },
        hints: [],
        ...(source.rego === "echo inventory"
          ? { dependsOn: "inventory", reads: [{}] }
          : { dependsOn: "object", reads: [] }),
        coverable: () => [],
      });
    },
  };
}
