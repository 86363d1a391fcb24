import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot, testData } from "../test-data.ts";
import { gatekeeperRelease } from "../testbed/gatekeeper-release.ts";

// `portcullis migrate check` as a user runs it, on what real users have.

interface Report {
  readonly summary: Readonly<Record<string, number>>;
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly verdict: string;
    readonly remarks: readonly { readonly message: string }[];
  }[];
}

function migrateCheck(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const main = join(repositoryRoot, "server/src/cli/main.ts");
  const { KUBECONFIG: _, KUBERNETES_SERVICE_HOST: __, ...env } = process.env;
  const node = ["--conditions=@portcullis/source", "--no-warnings", main, "migrate", "check", ...args];
  return spawnSync(process.execPath, node, {
    cwd: repositoryRoot,
    encoding: "utf8",
    env: { ...env, HOME: "/nonexistent" },
    maxBuffer: 64e6,
  });
}

const reportOf = (stdout: string): Report => JSON.parse(stdout) as Report;

describe("portcullis migrate check", { timeout: 60_000 }, () => {
  it("says that the examples can move in", () => {
    const { status, stdout, stderr } = migrateCheck("-f", "examples");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("can move in as they are.");
  });

  it("exits with 1 when something cannot, also where something else cannot be read", () => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-migrate-"));
    const provider = {
      apiVersion: "externaldata.gatekeeper.sh/v1beta1",
      kind: "Provider",
      metadata: { name: "p\u001B[31m" },
    };
    writeFileSync(join(folder, "provider.json"), JSON.stringify(provider));
    const readable = migrateCheck("-f", folder);
    expect(readable).toMatchObject({ status: 1, stderr: "" });
    expect(readable.stdout).not.toContain("\u001B");
    writeFileSync(join(folder, "broken.yaml"), "a: [");
    const broken = migrateCheck("-f", folder);
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain("broken.yaml:1:");
    rmSync(folder, { recursive: true });
  });

  it.each([
    [["--nope"], "unknown option '--nope'"],
    [["--format", "xml"], "Allowed choices are text, json"],
    [["-f", "no-such-folder"], "no such file or directory"],
    [["-f", "docs"], "docs: nothing of a Gatekeeper was found"],
    [["--kubeconfig", "no-such-file"], "no-such-file"],
    [[], "no cluster: set --kubeconfig or KUBECONFIG"],
  ])("exits with 2 for %s", (args, message) => {
    const { status, stderr, stdout } = migrateCheck(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  const library = testData("gatekeeper-library", "library");
  if (library === undefined) console.log("SKIPPED: the library's templates: no test data");
  it.skipIf(library === undefined)("finds every policy of the library fit to move in", () => {
    const { status, stdout } = migrateCheck("-f", library as string, "--format", "json");
    const { objects } = reportOf(stdout);
    const templates = objects.filter(({ kind }) => kind === "ConstraintTemplate");
    expect(templates).toHaveLength(36);
    expect(objects.filter(({ verdict }) => verdict === "unsupported")).toEqual([]);
    const changed = templates.filter(({ verdict }) => verdict === "changed");
    expect(changed.flatMap(({ remarks }) => remarks.map(({ message }) => message))).toEqual(
      changed.map(() => expect.stringMatching(/^Gatekeeper evaluates its CEL/)),
    );
    expect(status).toBe(0);
  });

  const manifests = gatekeeperRelease("deploy", "gatekeeper.yaml");
  if (manifests === undefined) console.log("SKIPPED: Gatekeeper's own manifests: not in Go's module cache");
  it.skipIf(manifests === undefined)("knows Gatekeeper's own manifests", () => {
    const { status, stdout } = migrateCheck("-f", manifests as string, "--format", "json");
    const { objects } = reportOf(stdout);
    expect(status).toBe(0);
    expect(objects.filter(({ kind }) => kind === "CustomResourceDefinition")).toHaveLength(17);
    const remarks = objects.flatMap((each) => each.remarks.map(({ message }) => `${each.name}: ${message}`));
    expect(remarks).toEqual([
      expect.stringMatching(/^gatekeeper-validating-webhook-configuration: .*Ignore becomes Fail/),
      expect.stringMatching(/^gatekeeper-audit: --disable-opa-builtin={http.send} disables nothing/),
      expect.stringMatching(/^gatekeeper-controller-manager: --disable-opa-builtin={http.send} disables/),
    ]);
  });
});
