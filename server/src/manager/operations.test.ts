import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeApiServer, kubeconfig, template } from "@portcullis/engine/testing";
import type { FakeApiServer } from "@portcullis/engine/testing";
import { listAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { servingCertificate } from "../certificates/certificate-folder.ts";
import { customResourceDefinitions } from "../manifests/crds.ts";
import { parseGoFlags } from "./go-flags.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import { startManager } from "./manager.ts";
import type { Manager } from "./manager.ts";

// What a process does for each operation (contract 6.3).

let folder: string;
let server: FakeApiServer;
let manager: Manager | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-operations-"));
  server = await createFakeApiServer({ resources: [resource("", "v1", "Namespace", "namespaces", false)] });
  for (const crd of customResourceDefinitions()) server.put(crd);
  server.put(template("DenyAll", 'package x\nviolation[{"msg": "no"}] { true }'));
  server.put(MUTATOR);
});
afterEach(async () => {
  await manager?.stop();
  manager = undefined;
  await server.stop();
  rmSync(folder, { recursive: true });
});

const resource = (group: string, version: string, kind: string, plural: string, namespaced: boolean) => ({
  group,
  version,
  kind,
  plural,
  namespaced,
});
const TEMPLATES = resource(
  "templates.gatekeeper.sh",
  "v1",
  "ConstraintTemplate",
  "constrainttemplates",
  false,
);
const MUTATORS = resource("mutations.gatekeeper.sh", "v1", "AssignMetadata", "assignmetadata", false);
const STATUS = "status.gatekeeper.sh";
const TEMPLATE_STATUSES = resource(
  STATUS,
  "v1beta1",
  "ConstraintTemplatePodStatus",
  "constrainttemplatepodstatuses",
  true,
);
const MUTATOR_STATUSES = resource(STATUS, "v1beta1", "MutatorPodStatus", "mutatorpodstatuses", true);
const CRDS = resource(
  "apiextensions.k8s.io",
  "v1",
  "CustomResourceDefinition",
  "customresourcedefinitions",
  false,
);
const MUTATOR: PlainObject = {
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "AssignMetadata",
  metadata: { name: "labeller" },
  spec: { location: "metadata.labels.a", parameters: { assign: { value: "b" } } },
};

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

async function start(operation: string): Promise<number> {
  const kubeconfigFile = join(folder, "kubeconfig");
  writeFileSync(kubeconfigFile, kubeconfig(server.url));
  await servingCertificate(folder, { hosts: ["localhost"], now: new Date() });
  const port = await freePort();
  const parsed = parseGoFlags(MANAGER_FLAGS, [
    `--operation=${operation}`,
    `--port=${port}`,
    `--cert-dir=${folder}`,
    "--disable-cert-rotation",
    "--health-addr=127.0.0.1:0",
    "--prometheus-port=0",
    "--audit-interval=0",
    "--shards=1",
  ]);
  if (parsed.ok !== true) throw new Error(JSON.stringify(parsed));
  const env = {
    KUBECONFIG: kubeconfigFile,
    POD_NAME: "pod-1",
    POD_NAMESPACE: "gatekeeper-system",
  };
  const log = { debug: () => {}, info: () => {}, error: () => {} };
  manager = await startManager({ flags: parsed.values, env, log });
  await eventually(() => expect(manager?.missing()).toEqual([]));
  return port;
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

function statusOf(port: number, path: string): Promise<number | string> {
  return new Promise((resolve) => {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method: "POST",
      rejectUnauthorized: false,
      agent: false,
    } as const;
    request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .once("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? ""))
      .end();
  });
}

const served = async (port: number) =>
  (
    await Promise.all(
      ["admit", "admitlabel", "mutate"].map(
        async (name) => [name, await statusOf(port, `/v1/${name}`)] as const,
      ),
    )
  ).flatMap(([name, status]) => (status === 200 ? [name] : []));

const byPod = (of: typeof TEMPLATES, name: string) =>
  listAt(server.get(of, { name }), "status", "byPod").length;

interface Does {
  readonly serves: readonly string[];
  /** Reports on templates, and on mutators. */
  readonly templates: boolean;
  readonly mutators: boolean;
  /** Puts the reports together. */
  readonly gathersTemplates?: boolean;
  readonly gathersMutators?: boolean;
  readonly makesCrds?: boolean;
}

it.each<readonly [string, Does]>([
  ["webhook", { serves: ["admit", "admitlabel"], templates: true, mutators: false }],
  ["mutation-webhook", { serves: ["admitlabel", "mutate"], templates: false, mutators: true }],
  [
    "webhook,mutation-webhook",
    { serves: ["admit", "admitlabel", "mutate"], templates: true, mutators: true },
  ],
  ["audit", { serves: [], templates: true, mutators: false }],
  ["status", { serves: [], templates: true, mutators: false, gathersTemplates: true }],
  ["mutation-controller", { serves: [], templates: false, mutators: true }],
  ["mutation-status", { serves: [], templates: false, mutators: true, gathersMutators: true }],
  [
    "audit,generate,status",
    { serves: [], templates: true, mutators: false, gathersTemplates: true, makesCrds: true },
  ],
])("--operation=%s", async (operation, does) => {
  const { gathersTemplates = false, gathersMutators = false, makesCrds = false } = does;
  const port = await start(operation);
  await eventually(() => {
    expect(server.objects(TEMPLATE_STATUSES).size).toBe(does.templates ? 1 : 0);
    expect(server.objects(MUTATOR_STATUSES).size).toBe(does.mutators ? 1 : 0);
    expect(byPod(TEMPLATES, "denyall")).toBe(gathersTemplates ? 1 : 0);
    expect(byPod(MUTATORS, "labeller")).toBe(gathersMutators ? 1 : 0);
    expect(server.get(CRDS, { name: "denyall.constraints.gatekeeper.sh" }) !== undefined).toBe(makesCrds);
  });
  expect(await served(port)).toEqual(does.serves);
});
