import { Command, Option } from "commander";
import type { MigrateOptions } from "./migrate-options.ts";

/** `portcullis migrate`: moving in from Gatekeeper. */
export function migrateCommand(): Command {
  return new Command("migrate").description("Moving in from Gatekeeper.").addCommand(checkCommand());
}

function checkCommand(): Command {
  return new Command("check")
    .description(
      "Says what becomes of a Gatekeeper's templates, constraints, settings and flags when Portcullis takes its place. Changes nothing.",
    )
    .addOption(
      new Option("-f, --filename <path>", "file or folder of manifests instead of a cluster; repeatable")
        .argParser((path: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), path])
        .default([], "the cluster"),
    )
    .option(
      "--kubeconfig <file>",
      "kubeconfig of the cluster (default: KUBECONFIG, or the cluster we run in)",
    )
    .option("--values <file>", "values of the release of Gatekeeper's chart: those that ours does not have")
    .option("--context <name>", "context of the kubeconfig (default: its current one)")
    .addOption(
      new Option("--format <format>", "form of the report").choices(["text", "json"]).default("text"),
    )
    .addHelpText(
      "after",
      `
Examples:
  portcullis migrate check                                  the cluster of the current context
  portcullis migrate check --context staging                another one
  portcullis migrate check -f policies/ -f gatekeeper.yaml  manifests, no cluster needed
  helm get values gatekeeper -n gatekeeper-system -o yaml > values.yaml
  portcullis migrate check --values values.yaml             the cluster, and the values of its release
  portcullis migrate check --format json | jq '.objects[] | select(.verdict != "supported")'

What it needs in a cluster: the right to list (the groups of Gatekeeper, Deployments, CustomResourceDefinitions, webhook
configurations, ValidatingAdmissionPolicies).

Exit codes: 0 everything can move in, maybe with changes; 1 something is not supported; 2 wrong usage, or something could not
be read, or nothing of a Gatekeeper was found.`,
    )
    .action(async (options: MigrateOptions) => {
      // Loaded when it is wanted: help and mistakes should not wait for it.
      process.exitCode = await (await import("./migrate-check.ts")).migrateCheck(options);
    });
}
