// Runs a bundled command with code that V8 made of it in an earlier run. Node's own compile cache keeps only what is
// compiled before a file runs, which is the least of it: most functions are compiled when they are first called.
const { existsSync, readFileSync } = require("node:fs");
const { createRequire, enableCompileCache } = require("node:module");
const { dirname, join } = require("node:path");
const { constants, Script } = require("node:vm");

/** Where the code of a bundle is kept: written by the build, for the Node that built it. */
const codeFile = (bundle) => `${bundle}.code`;

/** The bundle as a script of one function, as Node wraps CommonJS, and what calls it. The bundle is ASCII. */
function loadBundle(bundle) {
  const cachedData = existsSync(codeFile(bundle)) ? readFileSync(codeFile(bundle)) : undefined;
  const text = readFileSync(bundle, "latin1");
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${text}\n})`, {
    filename: bundle,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  });
  const module = { exports: {} };
  return {
    script,
    run: () =>
      script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle)),
  };
}

/** Runs the bundle. Another Node, or other flags of V8, cannot use the code: Node's compile cache stands in for it. */
function runBundle(bundle) {
  enableCompileCache(join(dirname(bundle), "compiled"));
  if (existsSync(codeFile(bundle))) {
    const { script, run } = loadBundle(bundle);
    if (!script.cachedDataRejected) return run();
  }
  return require(bundle);
}

module.exports = { codeFile, loadBundle, runBundle };
