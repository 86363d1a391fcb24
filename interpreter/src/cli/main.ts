import { Command, CommanderError } from "commander";
import { capabilitiesCommand } from "./capabilities.ts";
import { checkCommand } from "./check.ts";
import { evalCommand } from "./eval.ts";
import { versionCommand } from "./version.ts";

const program = new Command("rego")
  .description("Rego on its own: evaluate, debug and check policies.")
  .addHelpText(
    "after",
    `
Examples:
  rego eval '1 + 1'
  rego eval -d policy.rego -i input.json 'data.example.allow'
  rego eval -d policies/ -i input.json --explain full --format pretty 'data.example.violation[x]'
  rego check policies/
  rego capabilities`,
  )
  .exitOverride()
  .showHelpAfterError("(add --help for usage and examples)");

for (const command of [evalCommand(), checkCommand(), capabilitiesCommand(), versionCommand()]) {
  program.addCommand(command.exitOverride());
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    // Nothing a policy or an input does ends here: what does is a fault of ours.
    console.error(
      `rego: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    process.exitCode = 2;
  }
}
