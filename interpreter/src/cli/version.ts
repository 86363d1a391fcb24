import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { defineCommand } from "./command.ts";

export const versionCommand = defineCommand({
  usage: "rego version",
  about: "Print the version of this program and of the Rego it speaks.",
  examples: ["rego version"],
  flags: {},
  run(_, __, terminal) {
    terminal.out(
      [
        `Version: ${packageVersion()}`,
        `Node Version: ${process.versions.node}`,
        `Platform: ${process.platform}/${process.arch}`,
        "Rego Version: v1",
        "",
      ].join("\n"),
    );
    return 0;
  },
});

/** The version of the package that this file is in, built or not. */
function packageVersion(): string {
  const path = findPackageJSON("..", import.meta.url);
  if (path === undefined) return "unknown";
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
}
