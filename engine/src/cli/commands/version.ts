import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { defineCommand } from "../command/command.ts";
import { on } from "../command/flag-kinds.ts";

/** The line of `--version`. */
export function versionLine(): string {
  return `gator version ${version()} (Portcullis)\n`;
}

function version(): string {
  const file = findPackageJSON("..", import.meta.url);
  if (file === undefined) return "unknown";
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

export const versionCommand = defineCommand({
  name: "version",
  short: "Print the version",
  examples: `gator version
gator version --json`,
  flags: { json: on("print JSON instead of text") },
  async run({ json }, _args, process) {
    const { versions, platform, arch } = globalThis.process;
    const fields = {
      gitVersion: `v${version()}`,
      nodeVersion: `v${versions.node}`,
      platform: `${platform}/${arch}`,
    };
    process.stdout.write(
      json
        ? `${JSON.stringify(fields, null, 2)}\n`
        : `GitVersion:    ${fields.gitVersion}\nNodeVersion:   ${fields.nodeVersion}\nPlatform:      ${fields.platform}\n`,
    );
    return 0;
  },
});
