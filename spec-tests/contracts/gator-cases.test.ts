import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@portcullis/engine";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { parseManifests } from "../../engine/src/files/parse-manifests.ts";
import { parseFilter } from "../../engine/src/cli/verify/filter.ts";
import { runSuite } from "../../engine/src/cli/verify/run-suite.ts";
import { SuiteFiles } from "../../engine/src/cli/verify/suite-files.ts";
import { TemplateClients } from "../../engine/src/cli/verify/template-clients.ts";
import { decodeSuite } from "../../engine/src/cli/verify/suite.ts";
import { runTest } from "../../engine/src/cli/test/run-test.ts";
import { listAt, textAt, valueAt } from "../../engine/src/kubernetes/object-meta.ts";
import { reference, rowsOf } from "./gator-rows.ts";
import type { Row } from "./gator-rows.ts";

const run = {
  clients: new TemplateClients(createClient),
  files: new SuiteFiles(),
  filter: parseFilter(""),
  trace: false,
  now: () => 0,
};

/** An assertion of the table: a message stands in `$list` where Go takes its address. */
function assertionOf(value: Value): PlainObject {
  const violations = valueAt(value, "Violations");
  const message = listAt(value, "$list")[0];
  return { ...(violations !== undefined && { violations }), ...(typeof message === "string" && { message }) };
}

/** Rows without an assertion of a message that the table's reader could not read. */
const cases = rowsOf("gator/verify/TestRunner_RunCase").filter((row) => typeof row["template"] === "string");

describe("cases of Gatekeeper's own tests", () => {
  it.each(cases.map((row) => [row.note, row] as const))("%s", async (_note, row) => {
    const folder = mkdtempSync(join(tmpdir(), "case-"));
    for (const name of ["template", "constraint", "object"])
      writeFileSync(join(folder, `${name}.yaml`), textAt(row, name));
    const only = { object: "object.yaml", assertions: listAt(row, "assertions").map(assertionOf) };
    const suite = { tests: [{ template: "template.yaml", constraint: "constraint.yaml", cases: [only] }] };
    const { tests } = await runSuite(decodeSuite(suite, join(folder, "suite.yaml")), run);
    const wanted = reference(valueAt(row, "want", "Error")) !== undefined;
    expect({ held: tests[0]?.cases[0]?.error === undefined, error: tests[0]?.cases[0]?.error }).toMatchObject(
      { held: !wanted },
    );
  });
});

/** The messages that a row of `gator test` wants, or undefined where it wants an error. */
function wantedMessages(row: Row): readonly string[] | undefined {
  const wantsError = ![undefined, null].includes(row["err"] as null | undefined);
  return wantsError ? undefined : listAt(row, "want").map((want) => textAt(want, "Result", "Msg"));
}

describe("gator test, rows of Gatekeeper's own tests", () => {
  it.each(rowsOf("gator/test/TestTest").map((row) => [row.note, row] as const))("%s", async (_note, row) => {
    const objects = listAt(row, "inputs").flatMap((text) =>
      parseManifests("input.yaml", String(text)).manifests.map(({ object }) => object),
    );
    const attempt = async (): Promise<readonly string[] | undefined> => {
      try {
        const { results } = await runTest(objects, createClient(), { trace: false, stats: false });
        return results.map(({ result }) => result.msg);
      } catch {
        return undefined;
      }
    };
    expect(await attempt()).toEqual(wantedMessages(row));
  });
});
