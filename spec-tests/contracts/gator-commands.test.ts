import { copyFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runGator } from "../../engine/src/cli/gator.ts";
import { testData, testDataRoot } from "../test-data.ts";

/** A command line with what gator answers; paths are relative to the data folder. */
interface CommandCase {
  readonly id: string;
  readonly args: readonly string[];
  readonly stdin: string | null;
  readonly files: readonly string[];
  readonly expectedExit: number;
  readonly expectedStdoutContains: readonly string[];
  readonly expectedStdoutContainsFile?: string;
  readonly expectedYamlMsgs?: readonly { readonly index: number; readonly msg: string }[];
}

const root = testData("gator");
const manifest =
  root === undefined ? [] : (JSON.parse(readFileSync(join(root, "manifest.json"), "utf8")) as CommandCase[]);
/** These pull images from a registry. */
const pulling = manifest.filter(({ args }) => args.some((arg) => arg.startsWith("--image=")));
const cases = manifest.filter((one) => !pulling.includes(one));
if (root === undefined) console.warn(`skipping gator's command lines: no ${testDataRoot}/gator`);

async function* chunks(text: string): AsyncGenerator<string> {
  yield text;
}

async function run(one: CommandCase) {
  const folder = root as string;
  const scratch = mkdtempSync(join(tmpdir(), "gator-"));
  const bare = join(scratch, "without-extension");
  if (one.args.some((arg) => arg.includes("TMPFILE")))
    copyFileSync(join(folder, one.files[0] as string), bare);
  const written = join(scratch, "out.yaml");
  const args = one.args.map((arg) =>
    arg
      .replace("TMPFILE", bare)
      .replace("tmp.yaml", written)
      .replace(
        /^((?:--?\w+=)?)(test\/)/,
        (_all, flag: string, start: string) => `${flag}${join(folder, start)}`,
      ),
  );
  let [stdout, stderr] = ["", ""];
  const stdin = one.stdin === null ? "" : readFileSync(join(folder, one.stdin), "utf8");
  const exit = await runGator(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stdin: chunks(stdin),
  });
  return { exit, stdout, stderr };
}

function wantedText({ expectedStdoutContainsFile: file }: CommandCase): string {
  return file === undefined ? "" : readFileSync(join(root as string, file), "utf8").trimEnd();
}

describe.skipIf(root === undefined)("gator", () => {
  it.each(cases.map((one) => [one.id, one] as const))("%s", async (_id, one) => {
    const { exit, stdout, stderr } = await run(one);
    expect({ exit, stderr: exit === one.expectedExit ? "" : stderr }).toEqual({
      exit: one.expectedExit,
      stderr: "",
    });
    for (const text of one.expectedStdoutContains) expect(stdout + stderr).toContain(text);
    expect(stdout).toContain(wantedText(one));
    const wanted = one.expectedYamlMsgs ?? [];
    const entries =
      wanted.length === 0 ? [] : (parse(stdout) as { readonly result: { readonly msg: string } }[]);
    expect(wanted.map(({ index }) => entries[index]?.result.msg)).toEqual(wanted.map(({ msg }) => msg));
  });

  it.each(pulling.map((one) => [one.id, one] as const))(
    "%s: says that images are not supported",
    async (_id, one) => {
      const { exit, stdout, stderr } = await run(one);
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
      expect(stderr).toMatch(
        /^reading: pulling image: pulling artifact ".*": OCI images are not supported: .*\n$/,
      );
    },
  );
});
