import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { parseManifests } from "../../files/parse-manifests.ts";
import { decodeSuite, isSuite, suiteFault } from "./suite.ts";
import type { Suite } from "./suite.ts";

/** The suites cannot be listed or read; the message is gator's. */
export class SuiteError extends Error {
  override readonly name = "SuiteError";
}

/**
 * Finds suites: in one file, in a folder, or with `folder/...` in a folder and all below it. YAML files that are no suites
 * are passed over. Sorted by path.
 */
export function findSuites(target: string): readonly Suite[] {
  const recursive = target === "..." || target.endsWith("/...");
  const root = recursive ? target.slice(0, -4) || "." : target;
  const info = statSync(root, { throwIfNoEntry: false });
  if (!info) throw new SuiteError(`stat ${root}: no such file or directory`);
  if (!info.isDirectory()) {
    if (recursive) {
      throw new SuiteError(
        `can only recursively traverse directories, not a directory: ${JSON.stringify(root)}`,
      );
    }
    if (!isYaml(root)) throw new SuiteError(`unsupported extension: ${JSON.stringify(extname(root))}`);
    return readSuites(root);
  }
  const suites: Suite[] = [];
  for (const file of listYaml(root, recursive)) suites.push(...readSuites(file));
  return suites;
}

function isYaml(path: string): boolean {
  return path.endsWith(".yaml") || path.endsWith(".yml");
}

function listYaml(folder: string, recursive: boolean): readonly string[] {
  const found: string[] = [];
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (recursive) found.push(...listYaml(path, true));
    } else if (isYaml(path)) found.push(path);
  }
  return found.sort();
}

function readSuites(path: string): readonly Suite[] {
  const text = readFileSync(path, "utf8");
  // Files of other kinds may hold anything; only a file that means to be a suite has to be readable.
  if (!/(?:^|[\s{,])["']?kind["']?\s*:\s*["']?Suite\b/m.test(text)) return [];
  const { manifests, problems } = parseManifests(path, text, { asGiven: true, wordsAreText: true });
  const [problem] = problems;
  if (problem) {
    throw new SuiteError(
      `invalid yaml: parsing yaml file ${JSON.stringify(path)}: line ${problem.line}: ${problem.message}`,
    );
  }
  // gator reads the first document of a file alone.
  const suites = manifests.slice(0, 1).filter(({ object }) => isSuite(object));
  return suites.map(({ object }) => {
    const fault = suiteFault(object);
    if (fault !== undefined) throw new SuiteError(`invalid yaml: ${fault}`);
    return decodeSuite(object, path);
  });
}
