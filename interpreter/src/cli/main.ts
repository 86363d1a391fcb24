import { runRego } from "./commands.ts";
import { processTerminal } from "./terminal.ts";

process.exitCode = await runRego(process.argv.slice(2), processTerminal);
