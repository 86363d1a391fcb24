import { Command, Option } from "commander";
import { objectMeta } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import { installDefinition } from "../cluster/install-definitions.ts";
import { customResourceDefinitions } from "../manifests/crds.ts";

/** `portcullis crds`: the CustomResourceDefinitions of this version, printed or brought into a cluster. */
export function crdsCommand(): Command {
  return new Command("crds")
    .description("Prints the CustomResourceDefinitions as JSON; `crds apply` brings them into a cluster.")
    .action(() => {
      const list = { apiVersion: "v1", kind: "List", items: customResourceDefinitions() };
      process.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
    })
    .addCommand(applyCommand());
}

function applyCommand(): Command {
  return new Command("apply")
    .description("Creates the CustomResourceDefinitions, or brings older ones to this version.")
    .addOption(new Option("--kubeconfig <file>", "default: KUBECONFIG, or the cluster we run in"))
    .addHelpText("after", "\nExample:\n  portcullis crds apply --kubeconfig ~/.kube/config")
    .action(async ({ kubeconfig }: { readonly kubeconfig?: string }) => {
      const connection = await connectToCluster(kubeconfig === undefined ? {} : { kubeconfig });
      const api = createKubeApi({ connection });
      try {
        for (const definition of customResourceDefinitions()) {
          const outcome = await installDefinition(api, definition);
          process.stdout.write(
            `customresourcedefinition.apiextensions.k8s.io/${objectMeta(definition).name} ${outcome}\n`,
          );
        }
      } finally {
        await api.close();
      }
    });
}
