import { Command } from "commander";
import { defaultCapabilities } from "../builtins/capabilities.ts";
import { builtins } from "../builtins/index.ts";

export function capabilitiesCommand(): Command {
  return new Command("capabilities")
    .description(
      "Print the builtins, keywords and features that policies may use, as OPA's capabilities JSON.",
    )
    .addHelpText("after", "\nExample:\n  rego capabilities | jq -r '.builtins[].name'")
    .action(() => {
      console.log(JSON.stringify(defaultCapabilities(builtins), null, 2));
    });
}
