import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import { createKubeApi } from "./api.ts";
import { connectToCluster } from "./cluster-connection.ts";

let folder: string;
let server: FakeApiServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-kubeconfig-"));
  server = await createFakeApiServer({ token: "first" });
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
  vi.restoreAllMocks();
});

function kubeconfig(user: object, name = "config", context = "main"): string {
  const file = join(folder, name);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster: { server: `${server.url}/` } }],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context, namespace: `ns-${context}` } }],
    "current-context": context,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function versionThrough(source: Parameters<typeof connectToCluster>[0]) {
  const connection = await connectToCluster(source);
  const api = createKubeApi({ connection });
  return { connection, api, version: await api.getPath("/version") };
}

describe("connectToCluster", () => {
  it("calls the server of the kubeconfig with its token", async () => {
    const { connection, api, version } = await versionThrough({ kubeconfig: kubeconfig({ token: "first" }) });
    expect(version).toMatchObject({ ok: true, value: { major: "1" } });
    expect([connection.server, connection.namespace]).toEqual([server.url, "ns-main"]);
    await api.close();
  });

  it("finds the kubeconfig by KUBECONFIG, whose first file names the context, and takes another one when told", async () => {
    const first = kubeconfig({ token: "wrong" }, "a", "one");
    const second = kubeconfig({ token: "first" }, "b", "two");
    const env = { KUBECONFIG: `${first}:${second}` };
    const one = await versionThrough({ env });
    expect(one.version).toMatchObject({ ok: false, error: { code: 401 } });
    const two = await versionThrough({ env, context: "two" });
    expect(two.version.ok).toBe(true);
    await Promise.all([one.api.close(), two.api.close()]);
  });

  it("reads a token file that was written anew when the server refuses the old token", async () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "first\n");
    const { api, version } = await versionThrough({ kubeconfig: kubeconfig({ tokenFile: "token" }) });
    expect(version.ok).toBe(true);
    writeFileSync(tokenFile, "second\n");
    server.acceptToken("second");
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + 10_000);
    expect(await api.getPath("/version")).toMatchObject({ ok: true });
    await api.close();
  });

  it("inside a cluster reads the pod's files, and finds the server by the environment", async () => {
    const account = join(folder, "var/run/secrets/kubernetes.io/serviceaccount");
    mkdirSync(account, { recursive: true });
    writeFileSync(join(account, "token"), "of-the-pod");
    writeFileSync(join(account, "ca.crt"), rootCertificates[0] as string);
    writeFileSync(join(account, "namespace"), "gatekeeper-system");
    const pod = async (env: Record<string, string>) => {
      const connection = await connectToCluster({ podRoot: folder, env: { HOME: folder, ...env } });
      const { ok, ...rest } = await connection.credentials();
      await connection.close();
      return { ok, server: connection.server, namespace: connection.namespace, ...rest };
    };
    expect(await pod({ KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "8080" })).toMatchObject(
      {
        ok: true,
        server: "https://10.0.0.1:8080",
        namespace: "gatekeeper-system",
        value: { headers: { authorization: "Bearer of-the-pod" } },
      },
    );
    expect(await pod({ KUBERNETES_SERVICE_HOST: "fd00::1" })).toMatchObject({
      server: "https://[fd00::1]:443",
    });
    await expect(pod({})).rejects.toThrow("no cluster");
  });

  it.each([
    ["no kubeconfig", {}, /no cluster: set --kubeconfig or KUBECONFIG/],
    ["a file that is missing", { KUBECONFIG: "/does/not/exist" }, /ENOENT/],
  ])("says what is wrong with %s", async (_what, env, message) => {
    await expect(connectToCluster({ env: { HOME: folder, ...env } })).rejects.toThrow(message);
  });

  it("of several files in KUBECONFIG takes those that are there", async () => {
    const env = { KUBECONFIG: `/does/not/exist:${kubeconfig({ token: "first" })}` };
    const { api, version } = await versionThrough({ env });
    expect(version.ok).toBe(true);
    await api.close();
  });

  it.each([
    ["no YAML", "a: {", /^kubeconfig FILE: .*\(1:5\)/s],
    ["an empty file", "", /^kubeconfig FILE: .*empty/],
    ["nothing in it", "{}", /^kubeconfig FILE: there is no context `undefined`, and no other$/],
    ["another context", { "current-context": "b" }, /^kubeconfig FILE: there is no context `b`, only `a`$/],
    ["no such cluster", { clusters: [] }, /names the cluster `a`, which is not there$/],
    ["no such user", { users: [] }, /names the user `a`, who is not there$/],
    [
      "no address",
      { clusters: [{ name: "a", cluster: { server: "10.0.0.1:6443" } }] },
      /no http or https address$/,
    ],
  ])("says what is wrong with a kubeconfig: %s", async (_what, content, message) => {
    const file = join(folder, "wrong");
    const right = {
      clusters: [{ name: "a", cluster: { server: server.url } }],
      users: [{ name: "a", user: { token: "first" } }],
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      "current-context": "a",
    };
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify({ ...right, ...content }));
    const failure = await connectToCluster({ kubeconfig: file }).catch((error: Error) => error.message);
    expect(String(failure).replace(file, "FILE")).toMatch(message);
  });
});
