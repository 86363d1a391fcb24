import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRego, formatErrors } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { MANAGER_FLAGS } from "../../server/src/manager/manager-flags.ts";
import { repositoryRoot } from "../test-data.ts";
import { chartText, defaultValues, templates, valuesSchema } from "./chart.ts";
import { documentedValues, nested, valueAtPath } from "./schema-paths.ts";

// What can be known of the chart without a renderer.

const schema = valuesSchema();
const values = defaultValues();
const documented = documentedValues(schema);

// The schema language of Rego's own builtins is the one that Helm reads.
const rego = createRego({ modules: [] });
const isSchema = rego.prepare("json.verify_schema(input)");
const match = rego.prepare("json.match_schema(input.values, input.schema)");

describe("values.schema.json", () => {
  it("is a JSON schema, and accepts values.yaml", () => {
    expect(answer(isSchema, schema)).toEqual([true, null]);
    expect(problems(values)).toEqual([]);
  });

  it("lists exactly the values of values.yaml", () => {
    expect(leaves(values).filter((path) => !isDocumented(path))).toEqual([]);
    expect(documented.filter(({ path }) => valueAtPath(values, path) === undefined)).toEqual([]);
  });

  it("says what each value is", () => {
    expect(documented.filter((each) => typeof each.schema["description"] !== "string")).toEqual([]);
  });

  it.each(documented.map(({ path }) => path))("refuses a typo beside %s", (...path) => {
    const name = path.at(-1) as string;
    expect(problems(nested([...path.slice(0, -1), `${name}x`], valueAtPath(values, path)))).not.toEqual([]);
  });

  const numbers = documented.filter((each) => typeof valueAtPath(values, each.path) === "number");
  it.each(numbers.map(({ path }) => path.join(".")))("refuses a negative %s", (name) => {
    expect(problems(nested(name.split("."), -2))).not.toEqual([]);
    // -1 says something where Gatekeeper's flag gives it a sense.
    const means = ["maxServingThreads", "readinessRetries"].includes(name);
    expect(problems(nested(name.split("."), -1)).length > 0).toBe(!means);
  });

  it.each([
    ["a word that is none of those known", { validatingWebhookFailurePolicy: "fail" }],
    ["a number as text", { replicas: "3" }],
    ["half a second", { auditInterval: 0.5 }],
    ["no replica", { replicas: 0 }],
    ["a port beyond the last", { controllerManager: { port: 70_000 } }],
    ["a match condition without an expression", { validatingWebhookMatchConditions: [{ name: "a" }] }],
    ["an unknown operation", { validatingWebhookCustomRules: [{ operations: ["PATCH"] }] }],
    ["a timeout that API servers refuse", { validatingWebhookTimeoutSeconds: 31 }],
  ])("refuses %s", (_, wrong) => {
    expect(problems(wrong)).not.toEqual([]);
  });
});

describe("the templates", () => {
  const texts = [...templates()].filter(([name]) => !name.endsWith(".txt"));
  const all = texts.map(([, text]) => text).join("\n");

  it("use only values that there are", () => {
    const used = [...all.matchAll(/\.Values\.([\w.]+)|\$values\.([\w.]+)/g)].map(
      ([, a, b]) => (a ?? b) as string,
    );
    expect(used.length).toBeGreaterThan(100);
    expect(used.filter((path) => valueAtPath(values, path.split(".")) === undefined)).toEqual([]);
    const ofPods = [...all.matchAll(/(?:\$pod|\.pod)\.([\w.]+)/g)].map(([, path]) => path as string);
    const isOfPod = (path: string): boolean =>
      ["controllerManager", "audit"].some(
        (pod) => valueAtPath(values, [pod, ...path.split(".")]) !== undefined,
      );
    expect(ofPods.filter((path) => !isOfPod(path))).toEqual([]);
  });

  it("use all values that there are", () => {
    const unused = documented.filter(({ path }) => !all.includes(`.${path.at(-1)}`));
    expect(unused.map(({ path }) => path.join("."))).toEqual([]);
  });

  const flags = [...new Set([...all.matchAll(/- --([a-z0-9-]+)/g)].map(([, flag]) => flag as string))];

  it("pass no flag that the manager only accepts", () => {
    const source = sourcesOf("server/src/manager");
    // Gatekeeper's manifests and values have these, and what they ask for is the case anyway.
    const passed = flags.filter((flag) => flag !== "logtostderr" && flag !== "audit-match-kind-only");
    expect(passed.length).toBeGreaterThan(30);
    expect(passed.filter((flag) => !Object.hasOwn(MANAGER_FLAGS, flag))).toEqual([]);
    const isRead = (flag: string): boolean =>
      source.includes(`flags["${flag}"]`) || source.includes(`flags.${flag}`);
    expect(passed.filter((flag) => !isRead(flag))).toEqual([]);
  });
});

describe("Chart.yaml", () => {
  it("has the version of the packages", () => {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, "server/package.json"), "utf8")) as {
      version: string;
    };
    expect(chartText("Chart.yaml")).toContain(`\nversion: ${version}\nappVersion: v${version}\n`);
  });
});

function problems(candidate: object): readonly Value[] {
  const input = { values: candidate as PlainObject, schema };
  const [isRight, found] = answer(match, input) as readonly [boolean, readonly Value[]];
  return isRight ? [] : found;
}

function answer(query: ReturnType<typeof rego.prepare>, input: Value): unknown {
  const { results, errors } = query.eval({ input });
  if (errors.length > 0) throw new Error(formatErrors(errors));
  return results[0]?.expressions[0]?.value;
}

/** Paths of everything in values.yaml that holds no further values of the chart's own. */
function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isDocumented(path))
    return [path];
  return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]));
}

function isDocumented(path: readonly string[]): boolean {
  return documented.some((each) => each.path.join(".") === path.join("."));
}

function sourcesOf(folder: string): string {
  const path = join(repositoryRoot, folder);
  const files = readdirSync(path).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return files.map((name) => readFileSync(join(path, name), "utf8")).join("\n");
}
