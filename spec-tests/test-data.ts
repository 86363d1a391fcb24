import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The folder with cases of other projects: `PORTCULLIS_TEST_DATA`, else `../shared/data` beside the checkout. It may be absent. */
export const testDataRoot = process.env["PORTCULLIS_TEST_DATA"] ?? resolve(repositoryRoot, "../shared/data");

/** A path inside the test data, or undefined where it is absent: a test then says what it skips. */
export function testData(...parts: readonly string[]): string | undefined {
  const path = join(testDataRoot, ...parts);
  return existsSync(path) ? path : undefined;
}
