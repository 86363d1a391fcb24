import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { gator } from "../../../engine/src/cli/testing/gator-in-process.ts";
import type { Answer } from "../../../engine/src/cli/testing/gator-in-process.ts";
import { ARGUMENTS, GOOD_FILES, REFUSALS } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";

const peer = process.env["GATOR_BIN"];
const hasPeer = peer !== undefined && existsSync(peer);
if (!hasPeer) console.warn(`comparing ${REFUSALS.length} refusals with no real gator: GATOR_BIN names none`);

const folder = mkdtempSync(join(tmpdir(), "gator-refusals-"));
beforeAll(() => {
  for (const [name, text] of Object.entries(GOOD_FILES)) writeFileSync(join(folder, name), text);
});

/** The command line of a row, whose file is written. */
function argumentsOf({ command, text }: Refusal): readonly string[] {
  writeFileSync(join(folder, "bad.yaml"), text);
  return ARGUMENTS[command].map((arg) => (arg.endsWith(".yaml") ? join(folder, arg) : arg));
}

/** The durations, the numbers of mutations, the folder and its first slash say nothing. */
function message({ stdout, stderr }: Omit<Answer, "exit">): string {
  return `${stdout}${stderr}`
    .replaceAll(`${folder}/`, "")
    .replaceAll(`${folder.slice(1)}/`, "")
    .replaceAll(/\d+\.\d{3}s/g, "0.000s")
    .replaceAll(/mutation (?:[0-9a-f-]{36}|\d+) for/g, "mutation 1 for");
}

const rows = REFUSALS.map((row) => [`${row.command}: ${row.name}`, row] as const);

describe("gator refuses", () => {
  it.each(rows)("%s", async (_name, row) => {
    const answer = await gator(argumentsOf(row));
    expect({ exit: answer.exit, message: message(answer) }).toEqual({
      exit: 1,
      message: expect.stringContaining(row.says),
    });
    expect(message(answer)).not.toMatch(/internal error|^ +at .+:\d+:\d+\)?$/m);
  });
});

describe.skipIf(!hasPeer)("a real gator says the same of", () => {
  it.each(rows.filter(([, { stricter }]) => !stricter))("%s", async (_name, row) => {
    const args = argumentsOf(row);
    const ours = await gator(args);
    const { status, stdout, stderr } = spawnSync(peer as string, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (row.differs === undefined)
      expect({ exit: ours.exit, message: message(ours) }).toEqual({
        exit: status,
        message: message({ stdout, stderr }),
      });
    else expect(ours.exit).toBe(status);
  });
});
