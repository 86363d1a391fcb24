import { runGator } from "./gator.ts";

// A reader that has seen enough, such as `head`, ends the program without a word.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

// No await here: the command is bundled as CommonJS.
void main();

async function main(): Promise<void> {
  process.exitCode = await runGator(process.argv.slice(2), process);
}
