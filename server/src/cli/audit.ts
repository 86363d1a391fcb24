import { Command, Option } from "commander";
import type { AuditOptions } from "./audit-options.ts";
import { booleanFlag, integerFlag, repeatableFlag } from "./flags.ts";

/** `portcullis audit`: one audit of a cluster, from a laptop or a CI job. */
export function auditCommand(): Command {
  return new Command("audit")
    .description(
      "Audits a cluster once and prints what breaks a policy. Reads only: nothing in the cluster is changed.",
    )
    .option(
      "--kubeconfig <file>",
      "kubeconfig of the cluster (default: KUBECONFIG, or the cluster we run in)",
    )
    .option("--context <name>", "context of the kubeconfig (default: its current one)")
    .option("-n, --namespace <name>", "audit the objects of this namespace alone (default: everything)")
    .addOption(
      new Option(
        "-f, --filename <path>",
        "file or folder with the policies (templates, constraints, Config, SyncSets, mutators, ExpansionTemplates) " +
          "to judge by, instead of those of the cluster; repeatable",
      )
        .argParser((path: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), path])
        .default([], "the cluster"),
    )
    .addOption(
      new Option("--format <format>", "form of the result")
        .choices(["table", "json", "junit", "sarif"])
        .default("table"),
    )
    .addOption(
      integerFlag(
        "constraint-violations-limit",
        "violations of each constraint in a table; the other forms have them all",
        { min: 0, max: 1_000_000 },
      ).default(20),
    )
    .option(
      "--audit-report <file>",
      "also write the whole result as JSON lines; a file of an earlier run says what is new",
    )
    .addOption(
      integerFlag("audit-report-keep", "older results that are kept beside it", {
        min: 0,
        max: 1000,
      }).default(5),
    )
    .addOption(
      integerFlag("audit-chunk-size", "objects a page; 0 for no pages", { min: 0, max: 1_000_000 }).default(
        500,
      ),
    )
    .addOption(
      integerFlag("audit-threads", "threads that judge; 0 for one a core", { min: 0, max: 256 }).default(0),
    )
    .addOption(booleanFlag("enable-referential-rules", "let templates read data.inventory").default(true))
    .addOption(repeatableFlag("disable-opa-builtin", "builtin that templates may not call; repeatable"))
    .addOption(
      repeatableFlag("allow-net", "host, *.domain, address or CIDR that templates may reach; repeatable"),
    )
    .addOption(
      integerFlag("kube-api-qps", "calls a second to the API server; 0 for no limit", {
        min: 0,
        max: 1_000_000,
      }).default(100),
    )
    .addOption(
      integerFlag("kube-api-burst", "calls that may come at once", { min: 1, max: 1_000_000 }).default(200),
    )
    .addHelpText(
      "after",
      `
Examples:
  portcullis audit                                           the cluster of the current context, by its own policies
  portcullis audit --kubeconfig ~/.kube/staging -n shop      one namespace of another cluster
  portcullis audit -f policies/                              what would these policies find, before they are applied?
  portcullis audit --format junit > audit.xml                for CI: a failed test for each violation with action deny
  portcullis audit --format sarif > audit.sarif              for code scanning
  portcullis audit --format json | jq -r '.violations[] | [.constraint.name, .object.namespace, .object.name, .message] | @tsv'
  portcullis audit --audit-report last.jsonl                 again tomorrow: what is new, what is resolved

What it needs in the cluster: the right to list what it audits, and to list or get the policies and Namespaces. What it may not
read is left out and told, and everything else is judged.

Exit codes: 0 nothing with action deny is violated, and everything was judged; 1 something with action deny is violated; 2 wrong usage,
or no audit was possible, or nothing was denied but not everything could be judged.`,
    )
    .action(async (options: AuditOptions) => {
      // Loaded when it is wanted: help and mistakes should not wait for it.
      process.exitCode = await (await import("./audit-cluster.ts")).auditCluster(options);
    });
}
