import { runGator } from "./gator.ts";

process.exitCode = await runGator(process.argv.slice(2), process);
