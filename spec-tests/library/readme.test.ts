import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";

// Inside the checkout, so that the example finds the package as a user's file would.
const folder = mkdtempSync(join(repositoryRoot, "spec-tests", "dist-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

const readme = readFileSync(join(repositoryRoot, "interpreter/README.md"), "utf8");
const example = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? "";
const file = join(folder, "example.ts");
writeFileSync(file, example);

describe("the example of the package's README", () => {
  it("compiles", () => {
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../tsconfig.base.json",
        compilerOptions: {
          composite: false,
          incremental: false,
          noEmit: true,
          types: ["node"],
          customConditions: ["@portcullis/source"],
          allowImportingTsExtensions: true,
          rewriteRelativeImportExtensions: false,
        },
        files: ["example.ts"],
      }),
    );
    const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
    expect(run([tsc, "-p", folder])).toBe("");
  });

  it("prints what the README says", () => {
    const promised = /It prints `([^`]+)`/.exec(readme)?.[1];
    expect(run(["--conditions=@portcullis/source", file])).toBe(`${promised}\n`);
  });
});

function run(args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout) + String((error as { stderr?: unknown }).stderr);
  }
}
