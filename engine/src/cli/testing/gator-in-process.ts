import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGator } from "../gator.ts";

/** A new folder with these files; objects become JSON. */
export function folder(files: Readonly<Record<string, unknown>>): string {
  const root = mkdtempSync(join(tmpdir(), "gator-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return root;
}

/** What a user sees of a command. */
export interface Answer {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function* piped(text: string): AsyncGenerator<string> {
  yield text;
}

/** Runs `gator` in this process; `stdin` may be a stream of any kind. */
export async function gator(
  args: readonly string[],
  stdin: string | AsyncIterable<string> = "",
): Promise<Answer> {
  let [stdout, stderr] = ["", ""];
  const exit = await runGator(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stdin: typeof stdin === "string" ? piped(stdin) : stdin,
  });
  return { exit, stdout, stderr };
}
