// Sets a checkout up and runs one of its jobs: `npm start`, `npm test`, `npm run conformance`, …
// Plain JavaScript for Node 20, because it runs before anything is installed; the jobs themselves run on Node 24.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const binaries = join(root, "node_modules", ".bin");
const installedStamp = join(root, "node_modules", ".portcullis-installed");

const JOBS = {
  /** The main job: serve and audit a folder, no cluster needed. */
  start: async (args) => {
    await build();
    const folder = args.some((arg) => arg === "--local" || arg.startsWith("--local="))
      ? []
      : ["--local", "examples"];
    return run("server/bin/portcullis.js", ["serve", ...folder, ...args]);
  },
  /** Builds (so that the commands exist) and runs all tests; arguments go to vitest. */
  test: async (args) => {
    await build();
    say("running the tests");
    return run("node_modules/vitest/vitest.mjs", ["run", ...args]);
  },
  /** Runs one TypeScript file of the sources. */
  run: async ([file, ...args]) => run(file, args, ["--conditions=@portcullis/source"]),
};

const [job, ...args] = process.argv.slice(2);
if (!job || !Object.hasOwn(JOBS, job)) {
  console.error(`usage: node setup.mjs ${Object.keys(JOBS).join(" | ")} [arguments]`);
  process.exit(2);
}
await install();
process.exitCode = await JOBS[job](args);

/** Installs what the lockfile names, unless that very lockfile is installed already. */
async function install() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const installed = existsSync(installedStamp) ? readFileSync(installedStamp, "utf8") : "";
  if (installed === wanted) return;
  say("installing dependencies (npm ci); the first time takes about half a minute");
  const started = Date.now();
  const beat = setInterval(() => say(`still installing, ${seconds(started)} s`), 10_000);
  const npm = process.env.npm_execpath;
  const arguments_ = ["ci", "--loglevel=error", "--no-audit", "--no-fund"];
  // npm's own chatter goes to stderr: stdout belongs to the job.
  const code = await (npm
    ? wait(spawn(process.execPath, [npm, ...arguments_], { cwd: root, stdio: ["ignore", 2, 2] }))
    : wait(spawn("npm", arguments_, { cwd: root, stdio: ["ignore", 2, 2] })));
  clearInterval(beat);
  if (code !== 0) {
    say(`npm ci failed with exit code ${code}; see its message above`);
    process.exit(1);
  }
  mkdirSync(dirname(installedStamp), { recursive: true });
  writeFileSync(installedStamp, wanted);
  say(`dependencies installed in ${seconds(started)} s`);
}

async function build() {
  const started = Date.now();
  say("building (tsc -b, only what changed)");
  const npm = process.env.npm_execpath;
  const child = npm
    ? spawn(process.execPath, [npm, "run", "--silent", "build"], { cwd: root, stdio: ["ignore", 2, 2] })
    : spawn("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", 2, 2] });
  const code = await wait(child);
  if (code !== 0) {
    say("the build failed; see the errors above");
    process.exit(1);
  }
  say(`built in ${seconds(started)} s`);
}

/** Runs a script on the Node that the lockfile brings, with this terminal, and hands signals on. */
function run(script, arguments_, nodeFlags = []) {
  const child = spawn(node(), [...nodeFlags, join(root, script), ...arguments_], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${binaries}:${process.env.PATH ?? ""}` },
  });
  // A terminal sends Ctrl-C to the whole process group; a supervisor signals only this process.
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      if (signal === "SIGTERM" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return wait(child);
}

/** Node 24 from the lockfile where its package fits this platform, else the running one if it is new enough. */
function node() {
  const bundled = join(binaries, "node");
  if (existsSync(bundled)) return bundled;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  say(`Node ${process.versions.node} is too old: install Node 22.19 or newer (24 is best) and try again`);
  return process.exit(1);
}

function wait(child) {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      say(`cannot start ${child.spawnfile}: ${error.message}`);
      resolve(1);
    });
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

function seconds(started) {
  return ((Date.now() - started) / 1000).toFixed(1);
}

function say(message) {
  console.error(`portcullis setup: ${message}`);
}
