import { defaultCapabilities } from "../builtins/capabilities.ts";
import { builtins } from "../builtins/index.ts";
import type { Capabilities } from "../compiler/capabilities.ts";
import { CAPABILITIES_FLAG } from "./capabilities-file.ts";
import { defineCommand } from "./command.ts";
import { on } from "./flags.ts";

export const capabilitiesCommand = defineCommand({
  usage: "rego capabilities",
  about: "Print the builtins, keywords and features that policies may use, as OPA's capabilities JSON.",
  examples: [
    "rego capabilities | jq -r '.builtins[].name'",
    "rego capabilities > mine.json                 # edit it, then:",
    "rego check --capabilities mine.json policies/",
  ],
  flags: {
    current: on("those of this version (they are printed in any case)"),
    file: { ...CAPABILITIES_FLAG, help: "print those of a file, as they are understood here" },
  },
  run(_, flags, terminal) {
    const capabilities = flags.file ?? defaultCapabilities(builtins);
    terminal.out(`${JSON.stringify(withoutEmptyArguments(capabilities), null, 2)}\n`);
    return 0;
  },
});

/** OPA leaves the arguments of a function out where it has none. */
function withoutEmptyArguments(capabilities: Capabilities): unknown {
  return {
    ...capabilities,
    builtins: capabilities.builtins.map(({ decl: { args, ...decl }, ...builtin }) => ({
      ...builtin,
      decl: args.length === 0 ? decl : { args, ...decl },
    })),
  };
}
