import { packageVersion } from "@portcullis/interpreter/node";
import { defineCommand } from "../command/command.ts";
import { on } from "../command/flag-kinds.ts";

/** The line of `--version`. */
export function versionLine(): string {
  return `gator version ${packageVersion(import.meta.url)} (Portcullis)\n`;
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
      gitVersion: `v${packageVersion(import.meta.url)}`,
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
