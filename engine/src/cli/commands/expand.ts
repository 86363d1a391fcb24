import { defineCommand } from "../command/command.ts";
import { text } from "../command/flag-kinds.ts";
import { inputFlags } from "./shared-flags.ts";

export const expandCommand = defineCommand({
  name: "expand",
  short: "Print the objects that others imply, such as the Pods of a Deployment",
  long: `Print the objects that the given ones imply by the ExpansionTemplates among them, such as the Pods of a Deployment.
Mutators among them are applied.`,
  examples: `# The Pods that the workloads of a file imply
gator expand --filename=workloads.yaml --filename=expansion-templates.yaml

# All of a folder, as JSON, into a file
gator expand --filename=manifests/ --format=json --outputfile=pods.json`,
  flags: {
    ...inputFlags("n"),
    format: text("output format: json or yaml", { short: "f" }),
    outputfile: text("write to a file instead; one that is there is replaced", { short: "o" }),
  },
  operandCount: 0,
  async run(flags, _args, process) {
    const { expand } = await import("../expand/expand.ts");
    return expand({ ...flags, outputFile: flags.outputfile }, process);
  },
});
