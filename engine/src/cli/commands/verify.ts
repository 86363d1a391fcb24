import { defineCommand } from "../command/command.ts";
import { on, text } from "../command/flag-kinds.ts";
import { asReturnedError } from "../command-output.ts";
import { checkFailurePolicy, nativeFlags, networkFlags } from "./shared-flags.ts";

export const verifyCommand = defineCommand({
  name: "verify",
  operands: "path [--run=name]",
  short: "Run suites of tests for templates and constraints",
  long: `Run suites of tests for templates and constraints: of a file, of a folder, or with folder/... of all below it.

A suite names a template, a constraint and cases; a case names an object and what is to come of it. The exit code is 1
where anything does not hold.`,
  examples: `# All suites of a file, and of all folders below one
gator verify suite.yaml
gator verify policies/...

# The tests whose names contain "forbid-labels"
gator verify policies/... --run forbid-labels//

# The cases whose names are "nginx-deployment"
gator verify policies/... --run '//^nginx-deployment$'

# Which lines of the templates the suites reach
gator verify policies/... --coverage

# For a script
gator verify policies/... --format=json`,
  flags: {
    ...nativeFlags,
    ...networkFlags,
    run: text("run only the tests and cases that match: test//case, or one expression for either", {
      short: "r",
    }),
    verbose: on("print every test and case, and what the templates print", { short: "v" }),
    trace: on("print a trace of the evaluation", { short: "t" }),
    coverage: on("tell which lines of the templates' Rego the suites reach"),
    format: text("output format: text or json", { initial: "text" }),
  },
  operandCount: 1,
  async run(flags, [path = ""], process) {
    try {
      checkFailurePolicy(flags["default-k8s-native-validation-failure-policy"]);
      const { verify } = await import("../verify/verify.ts");
      return await verify(path, { ...flags, allowNet: flags["allow-net"] }, process);
    } catch (error) {
      throw asReturnedError(error);
    }
  },
});
