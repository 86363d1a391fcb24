import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "../test-data.ts";

test.each(["interpreter", "engine", "server"])(
  "the command of %s ends quietly when nobody reads its output any more",
  async (folder) => {
    const entry = join(repositoryRoot, folder, "src/cli/main.ts");
    const child = spawn(process.execPath, ["--conditions=@portcullis/source", entry, "--help"]);
    child.stdout.destroy();
    let complaints = "";
    child.stderr.on("data", (text) => (complaints += String(text)));
    const [status] = (await once(child, "close")) as [number];
    expect({ status, complaints }).toEqual({ status: 0, complaints: "" });
  },
);
