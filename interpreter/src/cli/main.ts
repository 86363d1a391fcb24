import { runRego } from "./commands.ts";
import { processTerminal } from "./terminal.ts";

// No await here: the command is bundled as CommonJS.
void main();

async function main(): Promise<void> {
  process.exitCode = await runRego(process.argv.slice(2), processTerminal);
}
