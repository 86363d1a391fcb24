import { defineCommand } from "../command/command.ts";
import { on, text } from "../command/flag-kinds.ts";
import { checkFailurePolicy, inputFlags, nativeFlags, networkFlags } from "./shared-flags.ts";

export const testCommand = defineCommand({
  name: "test",
  short: "Review Kubernetes objects by the templates and constraints among them",
  long: `Review Kubernetes objects by the ConstraintTemplates and constraints among them.

Every object is reviewed by every constraint that matches it. All objects are the inventory for each other; mutators and
ExpansionTemplates among them are applied. The exit code is 1 where a violation denies and where anything cannot be read.`,
  examples: `# Objects, templates and constraints in one file
gator test --filename=manifest.yaml

# Folders, with all below them
gator test --filename=policies/ --filename=manifests/

# What another tool makes
kustomize build . | gator test --filename=policies/

# For a script, and for a build server
gator test --filename=manifests/ --output=json
gator test --filename=manifests/ --output=junit > report.xml

# Why a template decides as it does
gator test --filename=manifests/ --trace
gator test --filename=manifests/ --verbose`,
  flags: {
    ...inputFlags("f"),
    ...nativeFlags,
    ...networkFlags,
    output: text("output format: json, yaml or junit", { short: "o" }),
    trace: on("print a trace of the evaluation", { short: "t" }),
    verbose: on("print what the templates print", { short: "v" }),
    stats: on("tell how long the templates took"),
    "deny-only": on("print denials only"),
  },
  operandCount: "none",
  async run(flags, _args, process) {
    checkFailurePolicy(flags["default-k8s-native-validation-failure-policy"]);
    const { test } = await import("../test/test.ts");
    return test({ ...flags, denyOnly: flags["deny-only"], allowNet: flags["allow-net"] }, process);
  },
});
