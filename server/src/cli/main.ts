import { Command, CommanderError } from "commander";
import { packageVersion } from "@portcullis/interpreter/node";
import { auditCommand } from "./audit.ts";
import { crdsCommand } from "./crds.ts";
import { fromGoFlags } from "./flags.ts";
import { migrateCommand } from "./migrate.ts";
import { serveCommand } from "./serve.ts";

const program = new Command("portcullis")
  .description("Kubernetes admission control with ConstraintTemplates and constraints.")
  .version(packageVersion(import.meta.url))
  .addHelpText(
    "after",
    `
Examples:
  portcullis serve --local policies/                 serve and audit a folder, no cluster needed
  portcullis serve --local policies/ --once          audit the folder and exit
  portcullis audit --format junit > audit.xml        audit the cluster of the current context once
  portcullis crds apply                              bring the kinds of policies into a cluster
  portcullis migrate check                           what becomes of a cluster's Gatekeeper when Portcullis takes its place
  portcullis --operation=webhook --port=8443         in a cluster: Gatekeeper's own flags (portcullis --operation=webhook --help)`,
  )
  .exitOverride()
  .showHelpAfterError("(add --help for usage and examples)");
for (const command of [serveCommand(), auditCommand(), crdsCommand(), migrateCommand()])
  program.addCommand(teaching(command));

/** Mistakes are thrown, to be told with the way to the examples. */
function teaching(command: Command): Command {
  for (const inner of command.commands) teaching(inner);
  return command.exitOverride().showHelpAfterError("(add --help for usage and examples)");
}

// A reader that has seen enough, such as `head`, ends the program without a word.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    // Not there where it is standard error that is full.
    if (stream === process.stdout) process.stderr.write(`portcullis: standard output: ${error.message}\n`);
    process.exit(2);
  });
}

// No await here: the command is bundled as CommonJS.
void main();

async function main(): Promise<void> {
  try {
    const [node = "node", script = "portcullis", ...args] = process.argv;
    // Loaded when it is wanted: help and mistakes should not wait for a server.
    if (args[0] === "shard")
      process.exitCode = await (await import("../manager/run-shard.ts")).runShard(args.slice(1));
    else if (args[0] === "audit-process")
      process.exitCode = await (
        await import("../manager/run-audit-process.ts")
      ).runAuditProcess(args.slice(1));
    else if (isManagerLine(args))
      process.exitCode = await (await import("../manager/run-manager.ts")).runManager(args);
    else await program.parseAsync([node, script, ...fromGoFlags(args)]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      console.error(`portcullis: ${error instanceof Error ? error.message : String(error)}`);
      if (process.env.PORTCULLIS_DEBUG && error instanceof Error) console.error(error.stack);
      process.exitCode = 1;
    }
  }
}

/** Gatekeeper's command line has no command: flags alone, or, for a manager that does everything, nothing at all in a Pod. */
function isManagerLine(args: readonly string[]): boolean {
  const [first] = args;
  if (first === undefined) return process.env["POD_NAME"] !== undefined;
  return first.startsWith("-") && !["-h", "--help", "-V", "--version"].includes(first);
}
