import { join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import { chartFolder, NAMESPACE, RELEASE, withValuesFile } from "../chart/chart.ts";
import { runCommand } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import type { Image } from "../testbed/image.ts";
import type { Program } from "../testbed/manager.ts";
import { findPart } from "../testbed/parts.ts";

/** What `/manager` is in the pods: the bundle of the image, run by the image's Node, outside of its root. */
export function programsOf({ rootfs }: Image): Readonly<Record<string, Program>> {
  const home = join(rootfs, "opt/portcullis");
  const call = `require("${home}/run-bundle.js").runBundle("${home}/commands/portcullis.cjs")`;
  // With -e the first argument stands where a script's name does.
  return { "/manager": [join(rootfs, "usr/local/bin/node"), "-e", call, "portcullis"] };
}

/** Controllers that a release needs to come up and to go. */
export const CONTROLLERS = [
  "deployment",
  "replicaset",
  "job",
  "garbage-collector",
  "namespace",
  "resourcequota",
].map((name) => `${name}-controller`);

export const WEBHOOK_SERVICE = { namespace: NAMESPACE, name: "gatekeeper-webhook-service" };

/** Runs helm on the release of a test; throws in helm's words where it fails. */
export async function helmRelease(
  plane: ControlPlane,
  verb: "install" | "upgrade" | "rollback" | "uninstall",
  options: { readonly values?: PlainObject; readonly args?: readonly string[] } = {},
): Promise<string> {
  return withValuesFile(options.values ?? {}, async (file) => {
    const takesChart = verb === "install" || verb === "upgrade";
    const result = await runCommand(findPart("helm") as string, [
      verb,
      RELEASE,
      ...(takesChart ? [chartFolder, "--values", file] : []),
      ...(verb === "install" ? ["--create-namespace"] : []),
      `--namespace=${NAMESPACE}`,
      `--kubeconfig=${plane.kubeconfig}`,
      ...(options.args ?? []),
    ]);
    if (result.code !== 0) throw new Error(`helm ${verb}: ${result.stderr}`);
    return result.stdout;
  });
}
