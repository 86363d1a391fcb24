import { Command, CommanderError } from "commander";
import { fromGoFlags } from "./flags.ts";
import { serveCommand } from "./serve.ts";

const program = new Command("portcullis")
  .description("Kubernetes admission control with ConstraintTemplates and constraints.")
  .addHelpText(
    "after",
    `
Examples:
  portcullis serve --local policies/                 serve and audit a folder, no cluster needed
  portcullis serve --local policies/ --once          audit the folder and exit`,
  )
  .exitOverride()
  .showHelpAfterError("(add --help for usage and examples)");
program.addCommand(serveCommand().exitOverride().showHelpAfterError("(add --help for usage and examples)"));

try {
  const [node = "node", script = "portcullis", ...args] = process.argv;
  await program.parseAsync([node, script, ...fromGoFlags(args)]);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(`portcullis: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env.PORTCULLIS_DEBUG && error instanceof Error) console.error(error.stack);
    process.exitCode = 1;
  }
}
