import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { RegoVersion } from "@portcullis/interpreter";
import type { Policy } from "./check.ts";

/**
 * A module and what must be said about it, from a file of such modules parted by `---`. What must be reported about a line
 * stands behind it: `### code: message`, one after another (`⏎` stands for a newline in a message). A line
 * `# version: v0` (or `# version: v1 strict`) ahead of the first module, or on the first line of one, says how to read what
 * follows it.
 */
export interface BrokenModule extends Policy {
  readonly file: string;
  /** `row: code: message`, sorted; row 0 for what has no place. */
  readonly expected: readonly string[];
}

const VERSION = /^# version: (v[01])( strict)?$/;
const MARK = / ### /;
const NOWHERE = "nowhere: ";

/** The modules of all `.rego` files beside this one. */
export function readBrokenModules(): readonly BrokenModule[] {
  return globSync(join(import.meta.dirname, "*.rego"))
    .sort()
    .flatMap(readFile);
}

function readFile(path: string): BrokenModule[] {
  const [preface = "", ...chunks] = readFileSync(path, "utf8").split(/^---\n/m);
  const general = howToRead(preface) ?? { version: "v1" };
  return chunks.map((chunk) => {
    const lines = chunk.replace(/\n$/, "").split("\n");
    const source = lines.map((line) => line.split(MARK)[0] ?? "").join("\n");
    const expected = lines.flatMap((line, i) =>
      line
        .split(MARK)
        .slice(1)
        .map((text) => text.replaceAll("⏎", "\n"))
        .map((text) => (text.startsWith(NOWHERE) ? text.replace(NOWHERE, "0: ") : `${i + 1}: ${text}`)),
    );
    return { file: basename(path), source, ...(howToRead(chunk) ?? general), expected: expected.sort() };
  });
}

function howToRead(text: string): Pick<Policy, "version" | "strict"> | undefined {
  const found = VERSION.exec(text.split("\n")[0] ?? "");
  return found ? { version: found[1] as RegoVersion, strict: found[2] !== undefined } : undefined;
}
