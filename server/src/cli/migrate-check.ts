import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import { formatProblem, readManifests } from "@portcullis/engine/files";
import { access, readFile } from "node:fs/promises";
import { checkMigration } from "../migrate/check.ts";
import { readCluster } from "../migrate/read-cluster.ts";
import { checkValues } from "../migrate/check-values.ts";
import type { Checked, Sourced } from "../migrate/remark.ts";
import { migrationJson, migrationText, summary } from "../migrate/report.ts";
import { printable } from "../observability/printable.ts";
import type { MigrateOptions } from "./migrate-options.ts";

/**
 * Answers the exit code: 0 everything can move in, 1 something is not supported, 2 it could not be found out. What cannot be
 * read of files is told and the rest is checked.
 */
export async function migrateCheck(options: MigrateOptions): Promise<number> {
  let read: Read;
  let values: readonly Checked[];
  try {
    read = await (options.filename.length > 0 ? fromFiles(options.filename) : fromCluster(options));
    values = await valuesIn(options.values);
  } catch (error) {
    complain(`portcullis: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  for (const problem of read.problems) complain(problem);
  const source = sourceOf(options);
  const checked = [...checkMigration(read.objects), ...values];
  if (checked.length === 0) {
    complain(`portcullis: ${source}: nothing of a Gatekeeper was found`);
    return 2;
  }
  const report = options.format === "json" ? migrationJson : migrationText;
  process.stdout.write(printable(report(source, checked)));
  if (summary(checked).unsupported > 0) return 1;
  return read.problems.length > 0 ? 2 : 0;
}

interface Read {
  readonly objects: readonly Sourced[];
  readonly problems: readonly string[];
}

function complain(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

function sourceOf({ filename, context }: MigrateOptions): string {
  if (filename.length > 0) return filename.join(", ");
  return context === undefined ? "the cluster" : `the cluster of context ${context}`;
}

async function fromFiles(paths: readonly string[]): Promise<Read> {
  const objects: Sourced[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    await access(path);
    const read = await readManifests(path);
    problems.push(...read.problems.map(formatProblem));
    for (const { object, place } of read.manifests)
      objects.push({ object, place: `${place.file}:${place.line}` });
  }
  return { objects, problems };
}

async function fromCluster({ kubeconfig, context }: MigrateOptions): Promise<Read> {
  const connection = await connectToCluster({
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
  const api = createKubeApi({ connection });
  try {
    return { objects: await readCluster(api), problems: [] };
  } finally {
    await api.close();
  }
}

async function valuesIn(file: string | undefined): Promise<readonly Checked[]> {
  return file === undefined ? [] : checkValues(await readFile(file, "utf8"), file);
}
