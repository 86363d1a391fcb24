import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repositoryRoot } from "../test-data.ts";

const WARM = join(repositoryRoot, "warm-bundle.cjs");
const RUN = `require(${JSON.stringify(join(repositoryRoot, "interpreter/bin/run-bundle.js"))}).runBundle(process.argv[1])`;

let folder: string;
let bundle: string;
let code: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-bundle-"));
  bundle = join(folder, "command.cjs");
  code = `${bundle}.code`;
  writeBundle("one");
  expect(node([WARM, bundle, "first"])).toBe("one first");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a command with code kept from an earlier run", () => {
  test("sees its own arguments, file and modules", () => {
    expect(node(["-e", RUN, bundle, "second"])).toBe("one second");
  });

  const unfit: Record<string, () => void> = {
    "is missing": () => rmSync(code),
    "is empty": () => truncateSync(code, 0),
    "was cut off": () => truncateSync(code, readFileSync(code).length - 8),
    "is no code": () => writeFileSync(code, "no code"),
  };
  test.each(Object.keys(unfit))("runs all the same when the code %s", (name) => {
    unfit[name]?.();
    expect(node(["-e", RUN, bundle, "third"])).toBe("one third");
  });

  test("runs all the same when the code is of another bundle", () => {
    writeBundle("another");
    expect(node(["-e", RUN, bundle, "fourth"])).toBe("another fourth");
  });

  test("runs all the same under other flags of V8", () => {
    expect(node(["--no-opt", "-e", RUN, bundle, "fifth"])).toBe("one fifth");
  });
});

/** A command that prints the word and its last argument, with what a CommonJS module has at hand. */
function writeBundle(word: string): void {
  writeFileSync(
    bundle,
    `const { basename } = require("node:path");
if (basename(__filename) !== "command.cjs" || module.exports !== exports) throw new Error("no module");
function say() { process.stdout.write("${word} " + process.argv.at(-1)); }
say();
`,
  );
}

function node(args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}
