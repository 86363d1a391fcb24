import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rulePath, type WorkItem } from "./work-items.ts";

/** The OPA binary to measure against, named by `OPA_BIN`; undefined where there is none. */
export function opaBinary(): string | undefined {
  const path = process.env["OPA_BIN"];
  return path && existsSync(path) ? path : undefined;
}

/**
 * Nanoseconds per evaluation that `opa bench` reports for an item: prepared query, input parsed beforehand. The median of
 * OPA's own timer of evaluations, which leaves out the benchmark's loop and shrugs off a busy neighbour as ours does; the
 * mean would show OPA slower than it is. A call takes about twelve seconds: `opa bench` knows no shorter run.
 */
export function opaNanoseconds(opa: string, item: WorkItem): number {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-opa-"));
  try {
    const data = ["--data", folder];
    item.modules.forEach((source, i) => writeFileSync(join(folder, `module-${i}.rego`), source));
    if (item.data) writeFileSync(join(folder, "data.json"), JSON.stringify(item.data));
    const input = join(folder, "..", `${folder.split("/").pop() as string}-input.json`);
    writeFileSync(input, JSON.stringify(item.input));
    const version = item.version === "v0" ? ["--v0-compatible"] : [];
    const query = `data.${rulePath(item).join(".")}`;
    const output = execFileSync(
      opa,
      ["bench", ...version, ...data, "--input", input, "--format", "json", query],
      {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    rmSync(input);
    const { Extra } = JSON.parse(output) as { readonly Extra: Readonly<Record<string, number>> };
    return Extra["histogram_timer_rego_query_eval_ns_median"] ?? NaN;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
