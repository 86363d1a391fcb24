import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../test-data.ts";
import { COMMAND_LINES, FILES } from "./command-lines.ts";
import type { CommandLine } from "./command-lines.ts";

const peer = process.env["GATOR_BIN"];
if (!peer || !existsSync(peer)) {
  console.warn(`skipping ${COMMAND_LINES.length} command lines: GATOR_BIN names no gator to compare with`);
}

const folder = mkdtempSync(join(tmpdir(), "gator-peer-"));
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);

interface Answer {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ask(command: string, before: readonly string[], { args, stdin }: CommandLine): Answer {
  const given = args.split(" ").filter((arg) => arg !== "");
  const { status, stdout, stderr } = spawnSync(command, [...before, ...given], {
    cwd: folder,
    encoding: "utf8",
    ...(stdin === undefined ? { stdio: ["ignore", "pipe", "pipe"] as const } : { input: stdin }),
  });
  return { exit: status, stdout: comparable(stdout), stderr: comparable(stderr) };
}

/** Durations, dates of log lines and the place of the folder say nothing. */
function comparable(text: string): string {
  return text
    .replaceAll(/\d+\.\d{3}s/g, "0.000s")
    .replaceAll(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /g, "")
    .replaceAll(`${folder}/`, "");
}

const SOURCE = ["--conditions=@portcullis/source", join(repositoryRoot, "engine/src/cli/main.ts")];

function part(answer: Answer, { compare }: CommandLine): unknown {
  if (compare === "all") return answer;
  if (compare === "first line") {
    const firstOf = (text: string): string => text.split("\n", 1)[0] as string;
    return { exit: answer.exit, stdout: firstOf(answer.stdout), stderr: firstOf(answer.stderr) };
  }
  return answer.exit;
}

describe.skipIf(!peer || !existsSync(peer))("gator answers as a real one:", () => {
  it.each(COMMAND_LINES.map((line) => [line.args, line] as const))(
    "%s",
    (_args, line) => {
      const ours = ask(process.execPath, SOURCE, line);
      expect(part(ours, line)).toEqual(part(ask(peer as string, [], line), line));
      expect(ours.stderr).not.toMatch(/^ +at .*:\d+:\d+\)?$/m);
    },
    30_000,
  );
});
