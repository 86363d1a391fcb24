import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { listAt, textAt } from "@portcullis/engine";
import { createFakeApiServer, kubeconfig } from "@portcullis/engine/testing";
import type { CallFault, FakeApiServer } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { afterEach, beforeEach, expect, it } from "vitest";
import { customResourceDefinitions } from "../manifests/crds.ts";
import { parseGoFlags } from "./go-flags.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import { startManager } from "./manager.ts";
import type { Manager } from "./manager.ts";

// Ready means: what the webhook's port shows is a certificate of the CA that both webhook configurations name.

const kind = (group: string, name: string, namespaced: boolean) => ({
  group,
  version: "v1",
  kind: name,
  plural: `${name.toLowerCase()}s`,
  namespaced,
});
const VALIDATING = kind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", false);
const MUTATING = kind("admissionregistration.k8s.io", "MutatingWebhookConfiguration", false);
const CONFIGURATIONS = [
  { resource: VALIDATING, name: "gatekeeper-validating-webhook-configuration" },
  { resource: MUTATING, name: "gatekeeper-mutating-webhook-configuration" },
] as const;

let folder: string;
let server: FakeApiServer;
let manager: Promise<Manager> | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-ready-"));
  const core = ["Namespace", "Pod", "Secret"].map((name) => kind("", name, name !== "Namespace"));
  server = await createFakeApiServer({ resources: [...core, VALIDATING, MUTATING] });
  for (const crd of customResourceDefinitions()) server.put(crd);
});
afterEach(async () => {
  await (await manager)?.stop();
  manager = undefined;
  await server.stop();
  rmSync(folder, { recursive: true });
});

interface Trouble {
  /** `clientConfig.caBundle` that is there before. */
  readonly caBundle?: string;
  /** What meets the first writes of the mutating configuration. */
  readonly faults?: readonly CallFault[];
  /** That its probe names meanwhile. */
  readonly told?: RegExp;
}

const REFUSED: CallFault = { kind: "status", code: 403, reason: "Forbidden" };
const CONFLICT: CallFault = { kind: "status", code: 409, reason: "Conflict" };

it.each<readonly [string, Trouble]>([
  ["configurations that name no CA yet", {}],
  ["configurations that name another CA", { caBundle: Buffer.from("foreign").toString("base64") }],
  ["another replica that writes the same configuration", { faults: [CONFLICT, CONFLICT] }],
  [
    "an API server that refuses to change one of them",
    { faults: [REFUSED, REFUSED, REFUSED], told: /MutatingWebhookConfiguration/ },
  ],
  ["an API server that does not answer at once", { faults: [{ kind: "slow", ms: 300 }] }],
])("/readyz waits for %s", async (_, { caBundle, faults = [], told }) => {
  for (const { resource, name } of CONFIGURATIONS) server.put(configuration(resource.kind, name, caBundle));
  const [port, health] = [await freePort(), await freePort()];
  for (const fault of faults) {
    server.failNext(fault, ({ method, path }) => method === "PUT" && path.includes("/mutating"));
  }
  manager = start(port, health);
  const said = await untilReady(health);
  const shown = await certificateAt(port);
  const bundles = CONFIGURATIONS.flatMap(({ resource, name }) =>
    listAt(server.get(resource, { name }), "webhooks").map((each) =>
      Buffer.from(textAt(each, "clientConfig", "caBundle"), "base64").toString(),
    ),
  );
  expect(bundles).toHaveLength(4);
  for (const bundle of bundles) expect(shown.verify(new X509Certificate(bundle).publicKey)).toBe(true);
  // Also while nothing else was missing.
  if (told) expect(said.some((text) => told.test(text))).toBe(true);
});

function configuration(kindName: string, name: string, caBundle?: string): PlainObject {
  const clientConfig = { url: "https://example.test", ...(caBundle !== undefined && { caBundle }) };
  const webhooks = ["a", "b"].map((each) => ({ name: each, clientConfig }));
  return { apiVersion: "admissionregistration.k8s.io/v1", kind: kindName, metadata: { name }, webhooks };
}

function start(port: number, health: number): Promise<Manager> {
  const kubeconfigFile = join(folder, "kubeconfig");
  writeFileSync(kubeconfigFile, kubeconfig(server.url));
  const parsed = parseGoFlags(MANAGER_FLAGS, [
    "--operation=webhook",
    "--operation=mutation-webhook",
    `--port=${port}`,
    `--health-addr=127.0.0.1:${health}`,
    "--prometheus-port=0",
    "--shards=1",
  ]);
  if (parsed.ok !== true) throw new Error(JSON.stringify(parsed));
  return startManager({
    flags: parsed.values,
    env: { KUBECONFIG: kubeconfigFile, POD_NAME: "pod-1", POD_NAMESPACE: "gatekeeper-system" },
    log: { debug: () => {}, info: () => {}, error: () => {} },
  });
}

/** Asks again and again, without a pause, until the answer is 200; answers what it was told before. */
async function untilReady(health: number): Promise<readonly string[]> {
  const said = new Set<string>();
  const deadline = performance.now() + 30_000;
  for (;;) {
    const { status, text } = await readyz(health);
    if (status === 200) return [...said];
    said.add(text);
    if (performance.now() > deadline) throw new Error(`not ready: ${text}`);
  }
}

function readyz(port: number): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    get({ host: "127.0.0.1", port, path: "/readyz", agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.once("close", () => resolve({ status: answer.statusCode ?? 0, text }));
    }).once("error", () => setTimeout(() => resolve({ status: 0, text: "" }), 5));
  });
}

/** What the port shows to whoever connects. */
function certificateAt(port: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
