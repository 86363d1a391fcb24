import { readFileSync } from "node:fs";
import { Command } from "commander";

export function versionCommand(): Command {
  return new Command("version")
    .description("Print the version of this program and of the Rego it speaks.")
    .action(() => {
      const manifest = JSON.parse(
        readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
      ) as {
        version: string;
      };
      console.log(`Version: ${manifest.version}`);
      console.log("Rego Version: v1 (v0 with --v0-compatible)");
      console.log(`Node Version: ${process.versions.node}`);
    });
}
