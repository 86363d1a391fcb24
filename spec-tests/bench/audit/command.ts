import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfig } from "@portcullis/engine/testing";
import { repositoryRoot } from "../../test-data.ts";
import { libraryPolicies } from "../library-policies.ts";
import { mostResidentMiBOf } from "../process-usage.ts";
import type { Limit } from "./audited-process.ts";

const COMMAND = join(repositoryRoot, "server/bin/portcullis.js");
const LOOK_MS = 100;

/** `portcullis audit` of a cluster of so many objects, as somebody at a laptop runs it: with whatever heap Node gives it. */
export async function auditCommand(server: string, size: number, limit: Limit): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-audit-command-"));
  try {
    const kubeconfigFile = join(folder, "kubeconfig");
    writeFileSync(kubeconfigFile, kubeconfig(server));
    const policies = join(folder, "policies.json");
    writeFileSync(policies, JSON.stringify(policyList()));
    const started = performance.now();
    const { code, peakMiB, bytes } = await run([
      "audit",
      `--kubeconfig=${kubeconfigFile}`,
      `--filename=${policies}`,
      "--format=json",
      "--kube-api-qps=0",
    ]);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `\nportcullis audit of ${size} objects: exit code ${code}, ${seconds.toFixed(1)} s, ${(bytes / 2 ** 20).toFixed(0)} MiB of JSON`,
    );
    limit(`peak memory of the command with ${size} objects`, peakMiB, 512, "MiB");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Ended {
  readonly code: number | null;
  readonly peakMiB: number;
  /** Written to standard output. */
  readonly bytes: number;
}

function run(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let bytes = 0;
  let peakMiB = 0;
  child.stdout.on("data", (chunk: Buffer) => (bytes += chunk.byteLength));
  const look = setInterval(() => {
    if (child.pid !== undefined) peakMiB = Math.max(peakMiB, mostResidentMiBOf(child.pid));
  }, LOOK_MS);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(look);
      resolve({ code, peakMiB, bytes });
    });
  });
}

function policyList(): object {
  const policies = libraryPolicies(36, 36);
  if (!policies) throw new Error("the test data is absent");
  const synced = { group: "networking.k8s.io", version: "v1", kind: "Ingress" };
  const config = {
    apiVersion: "config.gatekeeper.sh/v1alpha1",
    kind: "Config",
    metadata: { name: "config", namespace: "gatekeeper-system" },
    spec: { sync: { syncOnly: [synced] } },
  };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [config, ...policies.templates, ...policies.constraints],
  };
}
