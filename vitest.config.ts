import { defineConfig } from "vitest/config";
import { testData } from "./spec-tests/test-data.ts";

const conditions = ["@portcullis/source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: "forks",
    include: ["{interpreter,engine,server,audit}/src/**/*.test.ts", "spec-tests/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 60_000,
    // Tables that are read from test data are empty without it, which the tests say.
    passWithNoTests: testData() === undefined,
  },
});
