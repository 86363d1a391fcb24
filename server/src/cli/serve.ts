import { Command, Option } from "commander";
import { addressFlag, booleanFlag, integerFlag, repeatableFlag } from "./flags.ts";
import type { ServeOptions } from "./serve-options.ts";

const DAY_SECONDS = 24 * 3600;

export function serveCommand(): Command {
  return new Command("serve")
    .description("Serves the admission webhook and audits, from a folder of Kubernetes YAML and JSON files.")
    .requiredOption(
      "--local <dir>",
      "folder (or file) with templates, constraints, Config, SyncSets and objects",
    )
    .addOption(integerFlag("port", "webhook port; 0 picks a free one", { min: 0, max: 65_535 }).default(8443))
    .option("--host <address>", "webhook listen address", "127.0.0.1")
    .option(
      "--cert-dir <dir>",
      "folder of tls.crt and tls.key; what is missing is made (default: a cache folder)",
    )
    .addOption(addressFlag("health-addr", "also serve /healthz, /readyz and /metrics over plain HTTP here"))
    .addOption(
      new Option("--tls-min-version <version>", "lowest TLS version")
        .choices(["1.0", "1.1", "1.2", "1.3"])
        .default("1.3"),
    )
    .addOption(
      integerFlag("audit-interval", "seconds between audits; 0 turns them off", {
        min: 0,
        max: DAY_SECONDS,
      }).default(60),
    )
    .addOption(booleanFlag("once", "audit, print the result and exit; no webhook").default(false))
    .addOption(
      new Option("--format <format>", "form of audit results").choices(["table", "json"]).default("table"),
    )
    .addOption(
      integerFlag("constraint-violations-limit", "violations shown of each constraint", {
        min: 0,
        max: 1_000_000,
      }).default(20),
    )
    .addOption(
      booleanFlag("audit-from-cache", "audit only the kinds that Config and SyncSets sync").default(false),
    )
    .addOption(booleanFlag("log-denies", "log each violation of a request").default(true))
    .addOption(
      new Option("--log-format <format>", "form of log lines on stderr")
        .choices(["text", "json"])
        .default("text"),
    )
    .addOption(
      new Option("--log-level <level>", "for json: lowest level of log lines")
        .choices(["DEBUG", "INFO", "WARNING", "ERROR"])
        .default("INFO"),
    )
    .addOption(
      booleanFlag(
        "disable-enforcementaction-validation",
        "admit constraints with unknown enforcement actions",
      ).default(false),
    )
    .addOption(repeatableFlag("exempt-namespace", "namespace that may carry the ignore label; repeatable"))
    .addOption(repeatableFlag("exempt-namespace-prefix", "the same for a prefix"))
    .addOption(repeatableFlag("exempt-namespace-suffix", "the same for a suffix"))
    .addOption(booleanFlag("enable-referential-rules", "let templates read data.inventory").default(true))
    .addOption(
      repeatableFlag("allow-net", "host, *.domain, address or CIDR that templates may reach; repeatable"),
    )
    .addOption(repeatableFlag("disable-opa-builtin", "builtin that templates may not call; repeatable"))
    .addOption(
      integerFlag("max-serving-threads", "reviews at a time; below 1 one a core", {
        min: -1,
        max: 10_000,
      }).default(-1),
    )
    .addHelpText(
      "after",
      `
Examples:
  portcullis serve --local policies/
  portcullis serve --local policies/ --port 0 --audit-interval 10
  portcullis serve --local policies/ --once                   exit code 1 when something with action deny is violated
  portcullis serve --local policies/ --once --format json     one JSON object on stdout, for scripts

Exit codes: 0 fine; 1 a violation with action deny (--once), or the server could not start; 2 wrong usage, or (--once)
nothing denied but not everything could be loaded or judged.`,
    )
    .action(async (options: ServeOptions) => {
      // Loaded when it is wanted: help and mistakes should not wait for a server.
      process.exitCode = options.once
        ? await (await import("./audit-once.ts")).auditOnce(options)
        : await (await import("./serve-local.ts")).serveLocal(options);
    });
}
