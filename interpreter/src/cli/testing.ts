import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runRego } from "./commands.ts";

/** What a run of `rego` said, and how it ended. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `rego` in this process. */
export async function rego(args: readonly string[], stdin: string | Buffer = ""): Promise<Said> {
  let out = "";
  let err = "";
  const code = await runRego(args, {
    stdin: () => Buffer.from(stdin),
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { code, out, err };
}

/** Puts files into a new folder, which becomes the working directory until {@link leaveFolder}. */
export function enterFolder(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), "rego-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  process.chdir(folder);
  return folder;
}

export function leaveFolder(folder: string): void {
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true });
}
