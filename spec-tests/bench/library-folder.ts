import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { testData } from "../test-data.ts";

export interface LibraryFolder {
  readonly path: string;
  readonly templates: number;
  readonly constraints: number;
}

/**
 * A folder with the first `templates` policies of the Gatekeeper library, one constraint each: the set that a real
 * Gatekeeper's answers in `bench/verdicts.json` belong to. Undefined where the test data is absent.
 */
export function libraryFolder(templates: number): LibraryFolder | undefined {
  const verdicts = testData("bench/verdicts.json");
  const library = testData("gatekeeper-library/library");
  if (!verdicts || !library) return undefined;
  const { constraints } = JSON.parse(readFileSync(verdicts, "utf8")) as { constraints: readonly string[] };
  const folder = mkdtempSync(join(tmpdir(), "portcullis-library-"));
  const used = constraints.slice(0, templates);
  for (const [i, constraint] of used.entries()) {
    const policy = constraint.split("/").slice(0, 2).join("/");
    mkdirSync(join(folder, String(i)), { recursive: true });
    copyFileSync(join(library, policy, "template.yaml"), join(folder, String(i), "template.yaml"));
    copyFileSync(join(library, constraint), join(folder, String(i), "constraint.yaml"));
  }
  return { path: folder, templates: used.length, constraints: used.length };
}

/** The AdmissionReviews of the test data with their file names, in order; none where it is absent. */
export function benchRequests(): readonly { readonly name: string; readonly body: string }[] {
  const index = testData("bench/requests/index.json");
  if (!index) return [];
  const parsed = JSON.parse(readFileSync(index, "utf8")) as unknown;
  const names = (Array.isArray(parsed) ? parsed : Object.values(parsed as object).flat())
    .map((entry: unknown) => (typeof entry === "string" ? entry : (entry as { file: string }).file))
    .filter((name): name is string => typeof name === "string");
  return names.map((name) => ({ name, body: readFileSync(join(dirname(index), name), "utf8") }));
}
