import { reportJson, reportTable, sweep } from "@portcullis/audit";
import { readManifests } from "@portcullis/engine/files";
import { printable } from "../observability/printable.ts";
import { localSetup, problemJson, ProblemReporter, requireFolder } from "./local-setup.ts";
import type { ServeOptions } from "./serve-options.ts";

/** Audits a folder once and prints the result. Answers the exit code: 1 denied, 2 not everything could be judged, else 0. */
export async function auditOnce(options: ServeOptions): Promise<number> {
  await requireFolder(options.local);
  const toStderr = (text: string): void => void process.stderr.write(printable(text));
  const setup = await localSetup(options, (line) => toStderr(`${line}\n`));
  const { problems } = setup.policies.apply(await readManifests(options.local));
  const report = await sweep(setup.sweepDeps(), new Date(), new AbortController().signal);
  if (options.format === "json") {
    process.stdout.write(`${reportJson(report, problems.map(problemJson))}\n`);
  } else {
    new ProblemReporter(toStderr).report(problems);
    process.stdout.write(`${reportTable(report, undefined, terminalWidth())}\n`);
  }
  if (report.constraints.some(({ denied }) => denied > 0)) return 1;
  return problems.length + report.errorCount > 0 ? 2 : 0;
}

/** Tables fit the terminal; a pipe gets whole lines. */
export function terminalWidth(): { readonly width?: number } {
  return process.stdout.isTTY && process.stdout.columns > 40 ? { width: process.stdout.columns } : {};
}
