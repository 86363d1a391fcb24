import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { valuesSchema } from "../chart/chart.ts";
import { documentedValues } from "../chart/schema-paths.ts";
import { repositoryRoot } from "../test-data.ts";

const file = join(repositoryRoot, "server/src/migrate/chart-values.ts");

describe("the values that `migrate check` knows", () => {
  it("are those of the chart", async () => {
    const paths = documentedValues(valuesSchema()).map(({ path }) => path.join("."));
    const text = `/** Every value of charts/portcullis; made from its schema by \`UPDATE=1 npx vitest run spec-tests/migrate\`. */
export const CHART_VALUES: readonly string[] = ${JSON.stringify(paths)};
`;
    const wanted = await format(text, { parser: "typescript", printWidth: 110 });
    if (process.env["UPDATE"]) writeFileSync(file, wanted);
    else expect(readFileSync(file, "utf8")).toBe(wanted);
  });
});
