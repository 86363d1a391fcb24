import { execFile, spawn } from "node:child_process";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cachedPath, cacheFolder } from "./parts.ts";
import type { GoBuild, Part } from "./parts.ts";

const run = promisify(execFile);

/** Undefined where Go is not installed. */
export async function goVersion(): Promise<string | undefined> {
  try {
    return (await run("go", ["env", "GOVERSION"])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Builds a part into the cache and answers where it lies. Throws an `Error` with the end of Go's output. */
export async function buildPart(part: Part, say: (text: string) => void): Promise<string> {
  const target = cachedPath(part);
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), `building-${part.name}-`));
  try {
    await goBuild(part.build, work, say);
    mkdirSync(dirname(target), { recursive: true });
    // At once, so that nobody ever finds half of a binary. `go install` chooses the name itself.
    const built = join(work, "bin", readdirSync(join(work, "bin"))[0] as string);
    renameSync(built, target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function goBuild(build: GoBuild, work: string, say: (text: string) => void): Promise<void> {
  mkdirSync(join(work, "bin"));
  if (build.how === "install") {
    return go(["install", "-ldflags=-s -w", `${build.path}@${build.version}`], work, say);
  }
  const flags = build.how === "kubernetes" ? await prepareKubernetes(build.version, work) : "";
  if (build.how === "module") {
    writeFileSync(join(work, "go.mod"), "module testbed\n\ngo 1.24.0\n");
    await go(["get", `${build.module}@${build.version}`], work, say);
  }
  await go(["build", "-mod=mod", `-ldflags=-s -w${flags}`, "-o", "bin/", build.path], work, say);
  if (!existsSync(join(work, "bin"))) throw new Error("go build wrote nothing");
}

/**
 * Kubernetes requires its staging modules at v0.0.0 and replaces them by folders of its own tree; outside of it they have
 * the versions v0.x.y. Answers the linker's flags that tell the programs their version, which clients go by.
 */
async function prepareKubernetes(version: string, work: string): Promise<string> {
  const { stdout } = await run("go", ["mod", "download", "-json", `k8s.io/kubernetes@${version}`], {
    cwd: work,
  });
  const { GoMod } = JSON.parse(stdout) as { GoMod: string };
  const staged = [...readFileSync(GoMod, "utf8").matchAll(/^\s*(k8s\.io\/\S+) v0\.0\.0$/gm)].map(
    ([, module]) => module,
  );
  const stagedVersion = version.replace(/^v1\./, "v0.");
  writeFileSync(
    join(work, "go.mod"),
    [
      "module testbed",
      "go 1.24.0",
      `require k8s.io/kubernetes ${version}`,
      ...staged.map((module) => `replace ${module} => ${module} ${stagedVersion}`),
      "",
    ].join("\n"),
  );
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  const fields = { gitVersion: version, gitMajor: major, gitMinor: minor };
  return Object.entries(fields)
    .map(([field, value]) => ` -X k8s.io/component-base/version.${field}=${value}`)
    .join("");
}

async function go(args: readonly string[], work: string, say: (text: string) => void): Promise<void> {
  const started = performance.now();
  const log = join(work, "go.log");
  const child = spawn("go", args, {
    cwd: work,
    env: {
      ...process.env,
      GOBIN: join(work, "bin"),
      CGO_ENABLED: "0",
      GOFLAGS: "-buildvcs=false",
      GOWORK: "off",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(output, { end: false });
  const beat = setInterval(() => say(`still at it, ${seconds(started)} s`), 15_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => clearInterval(beat));
  await new Promise((resolve) => output.end(resolve));
  if (code === 0) return;
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  throw new Error(`go ${args.join(" ")} failed (${code}):\n${lines.slice(-20).join("\n")}`);
}

function seconds(started: number): number {
  return Math.round((performance.now() - started) / 1000);
}
