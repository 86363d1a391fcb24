import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ControlPlane } from "./control-plane.ts";
import type { Program } from "./manager.ts";

/** What a kubelet puts into the containers of a service account: its token, and where the API server is. */
export interface PodAccount {
  /** Whom the API server takes its bearer for. */
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  /** The program, which sees the files where they are in every container: below `/var/run/secrets`. */
  inPod(program: Program): Program;
  /** Writes another token in the place of the present one; settles when the API server no longer takes that. */
  renewToken(): Promise<void>;
}

/** Why no program can be shown files at a place of its own; undefined where it can: on Linux, as root. */
export function whyNoPodAccount(): string | undefined {
  const probe = ["--mount", "/bin/sh", "-c", `${MOUNT_ROOM} && mkdir -p ${PLACE}`];
  return spawnSync("unshare", probe).status === 0
    ? undefined
    : "SKIPPED: files cannot be mounted for a process alone (needs Linux and root)";
}

const PLACE = "/var/run/secrets/kubernetes.io/serviceaccount";
// The place need not be there, and nothing of it outlives the process.
const MOUNT_ROOM = "mount -t tmpfs tmpfs /var/run";
const IN_POD = `
set -e
folder=$1
shift
${MOUNT_ROOM}
mkdir -p ${PLACE}
mount --bind "$folder" ${PLACE}
exec "$@"`;

/** The account must be there already. */
export async function podAccount(
  plane: ControlPlane,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<PodAccount> {
  const folder = mkdtempSync(join(plane.folder, "account-"));
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await plane.kubectl([...args, "-n", namespace]);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  let issued = 0;
  /** A token ends with the object that it is bound to: here a Secret of its own instead of the Pod. */
  const issue = async () => {
    const secret = `token-of-${name}-${++issued}`;
    await kubectl("create", "secret", "generic", secret);
    const bound = ["--bound-object-kind=Secret", `--bound-object-name=${secret}`];
    const token = (await kubectl("create", "token", name, ...bound)).trim();
    writeFileSync(join(folder, "token.new"), token);
    renameSync(join(folder, "token.new"), join(folder, "token"));
    return { secret, token };
  };
  writeFileSync(join(folder, "ca.crt"), plane.ca);
  writeFileSync(join(folder, "namespace"), namespace);
  let present = await issue();
  const home = join(folder, "home");
  mkdirSync(home);
  const { hostname, port } = new URL(plane.server);
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    // No kubeconfig anywhere: it would come first.
    env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, KUBECONFIG: "", HOME: home },
    inPod: (program) => ["unshare", "--mount", "/bin/sh", "-c", IN_POD, "sh", folder, ...program],
    async renewToken() {
      const former = present;
      present = await issue();
      await kubectl("delete", "secret", former.secret);
      // The server remembers for a while whom it believed.
      while ((await plane.kubectl([`--token=${former.token}`, "auth", "whoami"])).code === 0)
        await new Promise((resolve) => setTimeout(resolve, 200));
    },
  };
}
