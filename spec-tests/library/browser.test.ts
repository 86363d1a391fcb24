import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build, type BuildResult } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";

/** What a page would do with the library: the last value is what the script gives. */
const PAGE = `
  import { createRego, formatErrors, toJsonValue, writeJson } from "@portcullis/interpreter";

  const rego = createRego({
    modules: [{ name: "p.rego", source: input.policy }],
  });
  const { results, errors } = rego.prepare("data.p").eval({ input: input.document });
  globalThis.answer = errors.length > 0 ? formatErrors(errors) : writeJson(toJsonValue(results[0].expressions[0].value));
`;

const POLICY = `package p
small := {x | some x in input.numbers; x < 3}
matches := regex.match("^a+$", input.text)
rounded := round(2.5) + 1e30
doc := yaml.unmarshal("a: [1, 2]")
capitals := upper(sprintf("%v-%s", [input.numbers, "ß"]))
day := time.format([0, "UTC", "2006-01-02"])
schema := json.match_schema({"a": 1}, {"type": "object"})[0]
`;

let bundle: BuildResult<{ metafile: true; write: false }>;
beforeAll(async () => {
  bundle = await build({
    stdin: { contents: PAGE, resolveDir: join(repositoryRoot, "spec-tests") },
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "iife",
    conditions: ["@portcullis/source"],
    logLevel: "silent",
  });
});

describe("the library in a browser", () => {
  it("bundles without any module of Node", () => {
    expect(bundle.errors).toEqual([]);
    const imports = Object.values(bundle.metafile.outputs).flatMap((output) => output.imports);
    expect(imports).toEqual([]);
  });

  it("runs a policy where there is no process and no require", () => {
    const page = createContext({
      input: { policy: POLICY, document: { numbers: [1, 2, 3], text: "aaa" } },
      TextEncoder,
      TextDecoder,
      URL,
    }) as { answer?: string };
    expect(runInContext("typeof process + typeof require", page)).toBe("undefinedundefined");
    runInContext(bundle.outputFiles[0]?.text ?? "", page);
    expect(page.answer).toBe(
      '{"capitals":"[1, 2, 3]-ß","day":"1970-01-01","doc":{"a":[1,2]},"matches":true,"rounded":1000000000000000000000000000003,"schema":true,"small":[1,2]}',
    );
  });
});
