/**
 * The arrows of ARCHITECTURE.md: what each folder may import. A folder not named here falls to its parent's row; a
 * folder always may import from itself.
 */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "interpreter/src/value": [],
  "interpreter/src/location.ts": [],
  "interpreter/src/errors.ts": ["interpreter/src/location.ts"],
  "interpreter/src/syntax": [
    "interpreter/src/value",
    "interpreter/src/errors.ts",
    "interpreter/src/location.ts",
  ],
  "interpreter/src/regex": ["interpreter/src/value"],
  "interpreter/src/compiler": [
    "interpreter/src/value",
    "interpreter/src/syntax",
    "interpreter/src/errors.ts",
    "interpreter/src/location.ts",
  ],
  "interpreter/src/builtins": [
    "interpreter/src/value",
    "interpreter/src/regex",
    "interpreter/src/compiler/capabilities.ts",
  ],
  // `rego.parse_module` is the one builtin that reads Rego.
  "interpreter/src/builtins/rego.ts": [
    "interpreter/src/value",
    "interpreter/src/builtins",
    "interpreter/src/syntax",
    "interpreter/src/errors.ts",
    "interpreter/src/location.ts",
  ],
  "interpreter/src/builtins/rego": [
    "interpreter/src/value",
    "interpreter/src/builtins",
    "interpreter/src/syntax",
    "interpreter/src/errors.ts",
    "interpreter/src/location.ts",
  ],
  "interpreter/src/plan": [
    "interpreter/src/value",
    "interpreter/src/syntax",
    "interpreter/src/compiler",
    "interpreter/src/errors.ts",
    "interpreter/src/location.ts",
  ],
  "interpreter/src/topdown": [
    "interpreter/src/value",
    "interpreter/src/plan",
    "interpreter/src/builtins/builtin.ts",
    "interpreter/src/errors.ts",
    "interpreter/src/location.ts",
  ],
  "interpreter/src/observe": [
    "interpreter/src/value",
    "interpreter/src/plan",
    "interpreter/src/errors.ts",
    "interpreter/src/location.ts",
  ],
  "interpreter/src": ["interpreter/src"],
  "interpreter/src/cli": ["interpreter/src"],
  "interpreter/src/node": ["interpreter/src"],
  "engine/src": ["engine/src", "@portcullis/interpreter"],
  "audit/src": ["audit/src", "@portcullis/interpreter", "@portcullis/engine"],
  "server/src": ["server/src", "@portcullis/interpreter", "@portcullis/engine"],
  "server/src/cli": ["server/src", "@portcullis/interpreter", "@portcullis/engine", "@portcullis/audit"],
  "server/src/manager": ["server/src", "@portcullis/interpreter", "@portcullis/engine", "@portcullis/audit"],
  "server/src/local": ["server/src", "@portcullis/interpreter", "@portcullis/engine", "@portcullis/audit"],
};

/** Packages of others and the only folders that may use them. */
export const LIBRARY_HOMES: Readonly<Record<string, readonly string[]>> = {
  chevrotain: ["interpreter/src/syntax"],
  re2js: ["interpreter/src/regex"],
  fastify: ["server/src"],
  "prom-client": ["server/src", "audit/src"],
  pino: ["server/src"],
  "@kubernetes/client-node": ["engine/src/cluster"],
  undici: ["engine/src/cluster"],
};

/** Folders whose code may touch the process, the clock, files and the network. All other code gets them as arguments. */
export const RIM: readonly string[] = [
  "interpreter/src/cli",
  "interpreter/src/node",
  "engine/src/cli",
  "engine/src/files",
  "engine/src/shards",
  "engine/src/testing/fake-api-server",
  "engine/src/cluster",
  "server/src",
  "audit/src",
];

/** What counts as touching the world outside. */
export const OUTSIDE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\bprocess\.(?!\s)|\bfetch\(|\bperformance\.now\(/;
