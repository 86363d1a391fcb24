import { CommandFailure } from "../command-output.ts";
import type { GatorProcess } from "../gator-process.ts";
import { readResources } from "../resources.ts";
import type { ResourceFlags } from "../resources.ts";
import { checkSync, SyncError } from "./check-sync.ts";
import type { SyncCheck } from "./check-sync.ts";
import { requirementText } from "./requirements.ts";

export interface SyncTestFlags extends ResourceFlags {
  readonly omitManifest: boolean;
}

/** `gator sync test`: exit code 1 where a template needs what is not synchronised. */
export async function syncTest(flags: SyncTestFlags, process: GatorProcess): Promise<number> {
  const objects = await readResources(flags, process);
  let check: SyncCheck;
  try {
    check = checkSync(objects, flags.omitManifest);
  } catch (error) {
    if (error instanceof SyncError) throw new CommandFailure(`checking: ${error.message}`, { cause: error });
    throw error;
  }
  for (const note of check.notes) process.stdout.write(`${note}\n`);
  if (check.missing.size > 0) {
    const parts = [...check.missing].map(
      ([name, unmet]) => `${name}:\n${unmet.map((one) => `- ${requirementText(one)}\n`).join("")}`,
    );
    throw new CommandFailure(`the following requirements were not met: \n${parts.join("\n")}`);
  }
  if (check.unreadable.size > 0) {
    const parts = [...check.unreadable].map(([name, why]) => `${name}:\n${why}\n`);
    throw new CommandFailure(`encountered errors parsing the following templates: \n${parts.join("")}`);
  }
  return 0;
}
