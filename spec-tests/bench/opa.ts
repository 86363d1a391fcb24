import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkItem } from "./work-items.ts";

/** The OPA binary to measure against, named by `OPA_BIN`; undefined where there is none. */
export function opaBinary(): string | undefined {
  const path = process.env["OPA_BIN"];
  return path && existsSync(path) ? path : undefined;
}

/** Nanoseconds per evaluation that `opa bench` reports for an item: prepared query, input parsed beforehand. */
export function opaNanoseconds(opa: string, item: WorkItem): number {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-opa-"));
  try {
    const data = ["--data", folder];
    item.modules.forEach((source, i) => writeFileSync(join(folder, `module-${i}.rego`), source));
    if (item.data) writeFileSync(join(folder, "data.json"), JSON.stringify(item.data));
    const input = join(folder, "..", `${folder.split("/").pop() as string}-input.json`);
    writeFileSync(input, JSON.stringify(item.input));
    const version = item.version === "v0" ? ["--v0-compatible"] : [];
    const query = `data.${item.package}.violation`;
    const output = execFileSync(
      opa,
      ["bench", ...version, ...data, "--input", input, "--format", "json", query],
      {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    rmSync(input);
    const report = JSON.parse(output) as { ns_per_op?: number; N: number; T: number };
    return report.ns_per_op ?? report.T / report.N;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
