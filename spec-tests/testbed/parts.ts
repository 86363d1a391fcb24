import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** How Go builds a part. */
export type GoBuild =
  /** `go install` at a version. */
  | { readonly how: "install"; readonly path: string; readonly version: string }
  /** In a module of its own, because the part's `go.mod` has replacements, with which `go install` refuses to work. */
  | { readonly how: "module"; readonly module: string; readonly version: string; readonly path: string }
  /** As `module`, with the versions of Kubernetes' staging modules filled in. */
  | { readonly how: "kubernetes"; readonly version: string; readonly path: string };

/** A program of others that the tests run against. */
export interface Part {
  readonly name: string;
  /** Names a binary of the user's. */
  readonly variable?: string;
  /** What a first build takes on two cores, for the impatient. */
  readonly minutes: number;
  readonly build: GoBuild;
}

const KUBERNETES = "v1.34.4";
const kubernetes = (name: string, minutes: number): Part => ({
  name,
  minutes,
  build: { how: "kubernetes", version: KUBERNETES, path: `k8s.io/kubernetes/cmd/${name}` },
});

const install = (name: string, variable: string, minutes: number, path: string, version: string): Part => ({
  name,
  variable,
  minutes,
  build: { how: "install", path, version },
});

const GATEKEEPER = "github.com/open-policy-agent/gatekeeper/v3";

export const PARTS: readonly Part[] = [
  {
    name: "etcd",
    minutes: 1,
    build: {
      how: "module",
      module: "go.etcd.io/etcd/server/v3",
      version: "v3.6.8",
      path: "go.etcd.io/etcd/server/v3",
    },
  },
  kubernetes("kube-apiserver", 5),
  kubernetes("kubectl", 1),
  kubernetes("kube-controller-manager", 2),
  install("opa", "OPA_BIN", 2, "github.com/open-policy-agent/opa", "v1.22.0"),
  install("gator", "GATOR_BIN", 4, `${GATEKEEPER}/cmd/gator`, "v3.23.1"),
  install("gatekeeper", "GATEKEEPER_BIN", 1, GATEKEEPER, "v3.23.1"),
  install("helm", "HELM_BIN", 2, "helm.sh/helm/v3/cmd/helm", "v3.22.0"),
];

/** Where built parts lie: outside the tree, one folder a version. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "portcullis", "testbed");
}

export function cachedPath({ name, build }: Part, env?: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), `${name}-${build.version}`, name);
}

/**
 * The binary of a part: the one that the user names (its own variable, else the folder `KUBEBUILDER_ASSETS`, as envtest
 * has it), else the one that `npm run testbed` built; undefined where there is none.
 */
export function findPart(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const part = PARTS.find((each) => each.name === name);
  if (part === undefined) throw new Error(`no part of the test bed is called ${name}`);
  const own = part.variable === undefined ? undefined : env[part.variable];
  const assets = env["KUBEBUILDER_ASSETS"];
  const candidates = [own, assets && join(assets, name), cachedPath(part, env)];
  return candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
}
