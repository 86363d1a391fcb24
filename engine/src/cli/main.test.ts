import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { constraint, pod, template } from "../testing/index.ts";
import { folder } from "./testing/gator-in-process.ts";

const MAIN = join(import.meta.dirname, "main.ts");

it("ends without a word where the reader has seen enough, as head has", async () => {
  const rego =
    'package x\nviolation[{"msg": msg}] { msg := sprintf("%d %s", [numbers.range(1, 3000)[_], input.review.name]) }';
  const root = folder({
    "template.json": template("KA", rego),
    "constraint.json": constraint("KA", "c"),
    "pod.json": pod("x".repeat(200)),
  });
  const child = spawn(process.execPath, ["--conditions=@portcullis/source", MAIN, "test", "-f", root], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [first] = (await once(child.stdout, "data")) as [Buffer];
  child.stdout.destroy();
  const [code, signal] = await once(child, "close");
  expect(first.toString()).toContain("Message:");
  expect({ signal, stderr }).toEqual({ signal: null, stderr: "" });
  // 1 where all was written before the reader went.
  expect([0, 1]).toContain(code);
});
