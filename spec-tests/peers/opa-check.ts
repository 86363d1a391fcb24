import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatErrors } from "@portcullis/interpreter";
import { errorJson } from "../../interpreter/src/cli/errors.ts";
import { indented } from "../../interpreter/src/cli/json.ts";
import { checkPolicy, POLICY_NAME, type Policy } from "../diagnostics/check.ts";

/** One reported error, without its details. */
export interface Reported {
  readonly row: number;
  readonly col: number;
  readonly code: string;
  readonly message: string;
}

export interface Verdict {
  readonly errors: readonly Reported[];
  /** The details of each error as its JSON has them. */
  readonly details: readonly unknown[];
  /** The errors as a terminal shows them: details and caret lines included. */
  readonly text: string;
}

/** What our own compiler says of a policy. */
export function ourVerdict(policy: Policy): Verdict {
  const errors = checkPolicy(policy);
  return {
    errors: errors.map(({ code, message, location }) => ({
      row: location?.row ?? 0,
      col: location?.col ?? 0,
      code,
      message,
    })),
    details: errors.map((error) => (JSON.parse(indented(errorJson(error))) as ReportedError).details ?? null),
    text: errors.length === 0 ? "" : formatErrors(errors),
  };
}

/** One error in one line. */
export function lineOf({ row, col, code, message }: Reported): string {
  return `${row}:${col}: ${code}: ${message}`;
}

interface OpaReport {
  readonly errors?: readonly ReportedError[];
}

interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly location?: { readonly row: number; readonly col: number };
  readonly details?: unknown;
}

/** Asks `opa check` about policies, one after another per slot, each in a folder of its own that is removed by `close`. */
export class OpaCheck {
  readonly #opa: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "portcullis-opa-check-"));

  constructor(opa: string) {
    this.#opa = opa;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** What OPA says of each policy; `slots` processes run at a time. */
  async all(policies: readonly Policy[], slots = 3): Promise<readonly Verdict[]> {
    const verdicts: Verdict[] = [];
    let next = 0;
    const work = async (slot: number): Promise<void> => {
      while (next < policies.length) {
        const i = next++;
        verdicts[i] = await this.one(policies[i] as Policy, slot);
      }
    };
    await Promise.all(Array.from({ length: slots }, (_, slot) => work(slot)));
    return verdicts;
  }

  async one({ source, version, strict }: Policy, slot = 0): Promise<Verdict> {
    const folder = join(this.#folder, `${slot}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    writeFileSync(join(folder, POLICY_NAME), source);
    const flags = version === "v0" ? ["--v0-compatible"] : [];
    if (strict) flags.push("--strict");
    const json = await this.#run(folder, ["check", "--format", "json", ...flags, POLICY_NAME]);
    if (json.code === 0) return { errors: [], details: [], text: "" };
    const report = JSON.parse(json.out) as OpaReport;
    const pretty = await this.#run(folder, ["check", ...flags, POLICY_NAME]);
    const errors = (report.errors ?? []).map(({ code, message, location }) => ({
      row: location?.row ?? 0,
      col: location?.col ?? 0,
      code,
      message,
    }));
    const details = (report.errors ?? []).map((error) => error.details ?? null);
    return {
      errors,
      details,
      text: pretty.err.trimEnd().replace(/^(\d+ errors? occurred) during loading/, "$1"),
    };
  }

  #run(cwd: string, args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve) => {
      execFile(this.#opa, args, { cwd, maxBuffer: 64 << 20 }, (error, out, err) => {
        resolve({ code: error ? 1 : 0, out: out === "" ? err : out, err: err === "" ? out : err });
      });
    });
  }
}
