import type { Command } from "../command/command.ts";
import { defineCommand } from "../command/command.ts";
import { on } from "../command/flag-kinds.ts";
import { inputFlags } from "./shared-flags.ts";

const syncTestCommand = defineCommand({
  name: "test",
  short: "Tell whether the data that templates need is synchronised",
  long: `Tell whether the SyncSets and the Config among the given resources synchronise the kinds that the templates need.

A template names them in its annotation metadata.gatekeeper.sh/requires-sync-data. A GVKManifest lists the kinds that the
cluster serves; what it does not list counts as not synchronised.`,
  examples: `# Templates, SyncSets, Config and GVKManifest in one folder
gator sync test --filename=policies/

# Without a list of the cluster's kinds
gator sync test --filename=policies/ --force-omit-gvk-manifest`,
  flags: {
    ...inputFlags("n"),
    "force-omit-gvk-manifest": on("take it that the cluster serves all kinds that are synchronised", {
      short: "f",
    }),
    "omit-gvk-manifest": on("the same as --force-omit-gvk-manifest"),
  },
  async run(flags, _args, process) {
    const { syncTest } = await import("../sync/sync-test.ts");
    const omitManifest = flags["force-omit-gvk-manifest"] || flags["omit-gvk-manifest"];
    return syncTest({ ...flags, omitManifest }, process);
  },
});

export const syncCommand: Command = {
  name: "sync",
  short: "Check SyncSets and Config",
  flags: {},
  commands: [syncTestCommand],
};
