import { packageVersion } from "../node/package-version.ts";
import { defineCommand } from "./command.ts";

export const versionCommand = defineCommand({
  usage: "rego version",
  about: "Print the version of this program and of the Rego it speaks.",
  examples: ["rego version"],
  flags: {},
  run(_, __, terminal) {
    terminal.out(
      [
        `Version: ${packageVersion(import.meta.url)}`,
        `Node Version: ${process.versions.node}`,
        `Platform: ${process.platform}/${process.arch}`,
        "Rego Version: v1",
        "",
      ].join("\n"),
    );
    return 0;
  },
});
