import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../test-data.ts";
import { startProcess } from "./processes.ts";
import type { TestProcess } from "./processes.ts";

/** The root file system of the image, and a way to start programs in it as the Dockerfile says. */
export interface Image {
  readonly rootfs: string;
  /** What the script that made it said. */
  readonly report: string;
  readonly entrypoint: readonly string[];
  /** True where programs see nothing but the image, cannot write to it and run as its user; needs Linux and root. */
  readonly isolated: boolean;
  start(name: string, program: readonly string[], options?: ImageOptions): TestProcess;
  remove(): void;
}

export interface ImageOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of files outside that the program sees in the place of `/certs`. */
  readonly certs?: string;
}

/** Makes the image's root file system with the script that the Dockerfile runs. */
export function makeImage(): Image {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-image-"));
  const rootfs = join(folder, "rootfs");
  const script = join(repositoryRoot, "image/rootfs.mjs");
  const made = spawnSync(process.execPath, [script, rootfs], { cwd: repositoryRoot, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`image/rootfs.mjs: ${made.stderr}`);
  const dockerfile = readFileSync(join(repositoryRoot, "Dockerfile"), "utf8");
  const isolated = canIsolate();
  const env = environment(dockerfile);
  return {
    rootfs,
    report: made.stdout,
    entrypoint: JSON.parse(instruction(dockerfile, "ENTRYPOINT")) as string[],
    isolated,
    start(name, program, { env: more = {}, certs } = {}) {
      const all = { ...env, ...more };
      if (certs !== undefined) letAnybodyRead(certs);
      if (!isolated) {
        const [file = "", ...rest] = program;
        const node = join(rootfs, "usr/local/bin/node");
        const script = file.startsWith("/") ? join(rootfs, file) : file;
        return startProcess(name, node, [script, ...rest], { env: all, cwd: rootfs });
      }
      const shell = ["--mount", "/bin/sh", "-c", ISOLATE, "sh", rootfs, instruction(dockerfile, "USER")];
      return startProcess(name, "unshare", [...shell, certs ?? "", ...program], { env: all, cwd: rootfs });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** In a mount namespace of its own, with what every container runtime mounts: /proc and /dev. What is mounted goes with the process; each step replaces the one before it. */
const ISOLATE = `
set -e
root=$1 user=$2 certs=$3
shift 3
mount --bind "$root" "$root"
[ -z "$certs" ] || mount --bind "$certs" "$root/certs"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -o remount,ro,bind "$root"
exec chroot --userspec="$user" "$root" "$@"`;

/** As kubelet hands a Secret to a Pod's user. */
function letAnybodyRead(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
}

function canIsolate(): boolean {
  const probe = mkdtempSync(join(tmpdir(), "portcullis-probe-"));
  mkdirSync(join(probe, "proc"));
  const { status } = spawnSync("unshare", [
    "--mount",
    "/bin/sh",
    "-c",
    `mount --bind ${probe} ${probe} && mount -t proc proc ${probe}/proc && mount -o remount,ro,bind ${probe}`,
  ]);
  rmSync(probe, { recursive: true });
  return status === 0;
}

function instruction(dockerfile: string, name: string): string {
  const lines = [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, "gm"))];
  const last = lines.at(-1)?.[1];
  if (last === undefined) throw new Error(`the Dockerfile has no ${name}`);
  return last;
}

function environment(dockerfile: string): Readonly<Record<string, string>> {
  const pairs = [...dockerfile.matchAll(/^ENV ([^=\s]+)=(\S+)$/gm)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name as string, value as string]));
}
