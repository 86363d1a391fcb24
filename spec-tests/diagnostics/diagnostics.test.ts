import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  builtins,
  createRego,
  defaultCapabilities,
  type RegoError,
  type RegoVersion,
} from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";

/**
 * Broken modules and what is said about them, compared with OPA when they were written. A file is a list of modules parted by
 * `---`; what must be reported about a line stands behind it: `### code: message`, one after another. A line
 * `# version: v0` ahead of the first module, or on the first line of one, says how to read what follows it.
 */
interface BrokenModule {
  readonly source: string;
  readonly version: RegoVersion;
  readonly expected: readonly string[];
}

const VERSION = /^# version: (v[01])$/;
const MARK = / ### /;

function readModules(file: string): BrokenModule[] {
  const [preface = "", ...chunks] = readFileSync(file, "utf8").split(/^---\n/m);
  const version = versionOf(preface) ?? "v1";
  return chunks.map((chunk) => {
    const lines = chunk.replace(/\n$/, "").split("\n");
    const source = lines.map((line) => line.split(MARK)[0] ?? "").join("\n");
    const expected = lines.flatMap((line, i) =>
      line
        .split(MARK)
        .slice(1)
        .map((text) => `${i + 1}: ${text}`),
    );
    return { source, version: versionOf(chunk) ?? version, expected };
  });
}

function versionOf(text: string): RegoVersion | undefined {
  return VERSION.exec(text.split("\n")[0] ?? "")?.[1] as RegoVersion | undefined;
}

function describeErrors(errors: readonly RegoError[]): string[] {
  return errors.map(({ code, message, location }) => `${location?.row}: ${code}: ${message}`);
}

const capabilities = { ...defaultCapabilities(builtins), future_keywords: ["and", "not", "or"] };

function errorsOf({ source, version }: BrokenModule): string[] {
  return describeErrors(
    createRego({ modules: [{ name: "test.rego", source, version }], capabilities }).errors,
  );
}

describe("diagnostics", () => {
  for (const file of globSync(join(import.meta.dirname, "*.rego")).sort()) {
    it.each(readModules(file))(`${basename(file)}: $source`, (broken) => {
      expect(errorsOf(broken).sort()).toEqual([...broken.expected].sort());
    });
  }
});
