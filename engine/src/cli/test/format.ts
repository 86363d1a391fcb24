import { quoteText, sortedKeys, toJsonValue, writeJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject, objectMeta } from "../../kubernetes/object-meta.ts";
import { WIDE, writeYaml } from "../yaml-writer.ts";
import { isDenial } from "./run-test.ts";
import type { TestResult } from "./run-test.ts";

/** The formats of `gator test`; every unknown word means the human one, as in gator. */
export function formatResults(
  results: readonly TestResult[],
  format: string,
  stats?: readonly PlainObject[],
): string {
  switch (format.toLowerCase()) {
    case "json":
      return jsonText(results, stats);
    case "yaml": {
      const entries = results.map(yamlEntry);
      return writeYaml(stats ? { results: entries, stats: stats.map(yamlStats) } : entries, WIDE);
    }
    case "junit":
      return junitText(results);
    default:
      return results.map(humanLine).join("");
  }
}

function humanLine({ result, violatingObject, trace }: TestResult): string {
  const { apiVersion, kind, namespace, name } = objectMeta(violatingObject);
  const place = namespace === "" ? name : `${namespace}/${name}`;
  const line = `${apiVersion}/${kind} ${place}: [${quoteText(result.constraint.name)}] Message: ${quoteText(result.msg)}\n`;
  return trace === undefined ? line : `${line}Trace: ${trace}\n`;
}

/** Keys in gator's order; objects inside with sorted keys; `null` where there is nothing. */
function jsonText(results: readonly TestResult[], stats: readonly PlainObject[] | undefined): string {
  const list = jsonList(results);
  if (!stats) return list;
  const inner = (text: string): string => text.replaceAll("\n", "\n    ");
  return `{\n    "results": ${inner(list)},\n    "stats": ${inner(JSON.stringify(stats, null, 4))}\n}`;
}

function jsonList(results: readonly TestResult[]): string {
  if (results.length === 0) return "null";
  const entries = results.map(({ result, violatingObject, trace }) => {
    const fields: readonly (readonly [string, Value])[] = [
      ["target", "admission.k8s.gatekeeper.sh"],
      ["msg", result.msg],
      ["metadata", { details: result.details }],
      ["constraint", result.constraint.object],
      ["enforcementAction", result.enforcementAction],
      ...(result.enforcementAction === "scoped" ? ([["scopedActions", result.actions]] as const) : []),
      ["violatingObject", violatingObject],
      ["trace", trace ?? null],
    ];
    const lines = fields.map(([key, value]) => `        ${JSON.stringify(key)}: ${indented(value)}`);
    return `    {\n${lines.join(",\n")}\n    }`;
  });
  return `[\n${entries.join(",\n")}\n]`;
}

function indented(value: Value): string {
  return writeJson(value, { indent: "    ", prefix: "        " });
}

function yamlEntry({ result, violatingObject, trace }: TestResult): Value {
  return {
    result: {
      target: "admission.k8s.gatekeeper.sh",
      msg: result.msg,
      metadata: { details: sorted(result.details) },
      constraint: { object: sorted(result.constraint.object) },
      enforcementaction: result.enforcementAction,
      scopedenforcementactions: result.enforcementAction === "scoped" ? result.actions : [],
    },
    violatingObject: sorted(violatingObject),
    trace: trace ?? null,
  };
}

/** yaml.v3 writes the field's name in small letters. */
function yamlStats({ scope, statsFor, ...rest }: PlainObject): PlainObject {
  return { scope: scope as Value, statsfor: statsFor as Value, ...rest };
}

/** Objects with their keys sorted, as Go prints maps. */
function sorted(value: Value): Value {
  const plain = toJsonValue(value);
  if (Array.isArray(plain)) return plain.map(sorted);
  if (!isPlainObject(plain)) return plain;
  return Object.fromEntries(sortedKeys(plain).map((key) => [key, sorted(plain[key] as Value)]));
}

/** One test case a violation, for build servers: denials are failures, other actions are printed beside the case. */
function junitText(results: readonly TestResult[]): string {
  const failures = results.filter(isDenial).length;
  const cases = results.map((one) => {
    const { apiVersion, kind, namespace, name } = objectMeta(one.violatingObject);
    const place = namespace === "" ? name : `${namespace}/${name}`;
    const head = `    <testcase classname="${xml(`${apiVersion}/${kind}`)}" name="${xml(`${place} ${one.result.constraint.name}`)}">`;
    const message = xml(one.result.msg);
    const body = isDenial(one)
      ? `      <failure type="${xml(one.result.enforcementAction)}" message="${message}"></failure>`
      : `      <system-out>${xml(one.result.enforcementAction)}: ${message}</system-out>`;
    return `${head}\n${body}\n    </testcase>`;
  });
  const counts = `tests="${results.length}" failures="${failures}"`;
  const body = cases.length === 0 ? "" : `${cases.join("\n")}\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n  <testsuite name="gator test" ${counts}>\n${body}  </testsuite>\n</testsuites>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Characters that XML 1.0 cannot hold at all become the replacement character. */
function xml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ESCAPES[character] as string)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}
