import { runRego } from "./commands.ts";
import { processTerminal } from "./terminal.ts";

// No await here: the command is bundled as CommonJS.
void runRego(process.argv.slice(2), processTerminal).then((code) => {
  process.exitCode = code;
});
