// node warm-bundle.cjs BUNDLE [arguments of the command]
// Runs a bundled command, and at its end writes beside the bundle all that V8 has compiled of it until then.
const { writeFileSync } = require("node:fs");
const { codeFile, loadBundle } = require("./interpreter/bin/run-bundle.js");

const [bundle] = process.argv.splice(2, 1);
const { script, run } = loadBundle(bundle);
process.on("exit", () => writeFileSync(codeFile(bundle), script.createCachedData()));
run();
