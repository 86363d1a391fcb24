import { CommandFailure } from "../command-output.ts";
import { defineCommand } from "../command/command.ts";

export const policyCommand = defineCommand({
  name: "policy",
  short: "Not supported: install policies of the library with kubectl",
  long: `Gatekeeper's gator installs policies from a catalogue into a cluster. This one does not: the policies are plain
resources, which kubectl applies.`,
  examples: `# Install a policy of the community library
kubectl apply -f library/general/requiredlabels/template.yaml
kubectl apply -f library/general/requiredlabels/samples/all-must-have-owner/constraint.yaml`,
  flags: {},
  async run() {
    throw new CommandFailure(
      "Error: gator policy is not supported: apply the policy's template and constraint with kubectl",
    );
  },
});
