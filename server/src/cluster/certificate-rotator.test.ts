import { listAt, textAt } from "@portcullis/engine";
import { createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { createFakeApiServer } from "@portcullis/engine/testing";
import type { FakeApiServer } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeyPair } from "../certificates/authority.ts";
import { createCertificateRotator } from "./certificate-rotator.ts";
import type { CertificateRotator, WebhookConfiguration } from "./certificate-rotator.ts";

const SECRETS = { group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true };
const admissionKind = (kind: string) => ({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced: false,
});
const VALIDATING = admissionKind("ValidatingWebhookConfiguration");
const MUTATING = admissionKind("MutatingWebhookConfiguration");
const secret = { namespace: "gatekeeper-system", name: "gatekeeper-webhook-server-cert" };
const configurations: readonly WebhookConfiguration[] = [
  { kind: "ValidatingWebhookConfiguration", name: "validating" },
  { kind: "MutatingWebhookConfiguration", name: "mutating" },
];
const dnsName = "gatekeeper-webhook-service.gatekeeper-system.svc";
const start = new Date("2026-01-01T00:00:00Z");
const days = (n: number): Date => new Date(start.getTime() + n * 24 * 3_600_000);

let server: FakeApiServer;
const opened: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];
beforeEach(async () => {
  server = await createFakeApiServer({ resources: [SECRETS, VALIDATING, MUTATING] });
  server.put({ apiVersion: "v1", kind: "Secret", metadata: { ...secret } });
  for (const { kind, name } of configurations) server.put(configuration(kind, name));
});
afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await (each.stop?.() ?? each.close?.());
  await server.stop();
});

function configuration(kind: string, name: string, caBundle?: string): PlainObject {
  const clientConfig = { url: "https://example.test", ...(caBundle === undefined ? {} : { caBundle }) };
  const webhooks = ["a", "b"].map((each) => ({ name: each, clientConfig }));
  return { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name }, webhooks };
}

interface Replica {
  readonly rotator: CertificateRotator;
  readonly served: readonly KeyPair[];
  readonly logged: readonly string[];
  now: Date;
}

function replica(): Replica {
  const api: KubeApi = createKubeApi({ connection: plainConnection({ server: server.url }) });
  const served: KeyPair[] = [];
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const made: Replica = {
    served,
    logged,
    now: start,
    rotator: createCertificateRotator({
      api,
      log: { debug: log, info: log, error: log },
      secret,
      dnsName,
      configurations,
      serve: (pair) => served.push(pair),
      now: () => made.now,
      timing: { settleMs: 30, backoffMs: 1, checkMs: 20, listWatch: { backoffMs: 1, maxBackoffMs: 5 } },
    }),
  };
  opened.push(api, made.rotator);
  made.rotator.start();
  return made;
}

/** Waits for as long as a busy machine may need. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

const inOrder = (...replicas: readonly Replica[]) =>
  eventually(() => {
    expect(replicas.map(({ rotator }) => rotator.missing())).toEqual(replicas.map(() => []));
  });

function stored(name: string): string {
  return Buffer.from(textAt(server.get(SECRETS, secret), "data", name), "base64").toString();
}

function bundles(): readonly string[] {
  const objects = [
    server.get(VALIDATING, { name: "validating" }),
    server.get(MUTATING, { name: "mutating" }),
  ];
  return objects.flatMap((object) =>
    listAt(object, "webhooks").map((webhook) =>
      Buffer.from(textAt(webhook, "clientConfig", "caBundle"), "base64").toString(),
    ),
  );
}

describe("certificates of a cluster", () => {
  it("are made, stored, injected and served", async () => {
    const one = replica();
    expect(one.rotator.missing()).not.toEqual([]);
    await inOrder(one);
    expect(one.served.map(({ cert }) => cert)).toEqual([stored("tls.crt")]);
    expect(bundles()).toEqual([1, 2, 3, 4].map(() => stored("ca.crt")));
    const leaf = new X509Certificate(stored("tls.crt"));
    expect(leaf.checkHost(dnsName)).toBe(dnsName);
    expect(leaf.verify(new X509Certificate(stored("ca.crt")).publicKey)).toBe(true);
  });

  it("are the same for all replicas, whoever comes first", async () => {
    const all = [replica(), replica(), replica()];
    await inOrder(...all);
    // Who was second may have served nothing else before.
    expect(all.map(({ served }) => served.at(-1)?.cert)).toEqual([1, 2, 3].map(() => stored("tls.crt")));
    expect(all.flatMap(({ logged }) => logged).filter((line) => line.includes("made a new"))).toHaveLength(1);
  });

  it("of a former start are used again", async () => {
    await inOrder(replica());
    const before = stored("tls.crt");
    const next = replica();
    await inOrder(next);
    expect(next.served[0]?.cert).toBe(before);
  });

  it("come back into a configuration that somebody overwrites", async () => {
    const one = replica();
    await inOrder(one);
    server.put(configuration("ValidatingWebhookConfiguration", "validating", "b2xk"));
    await eventually(() => expect(bundles()).toEqual([1, 2, 3, 4].map(() => stored("ca.crt"))));
    expect(one.served).toHaveLength(1);
  });

  it("are made again when the Secret is emptied; the CA of what is still served stays trusted", async () => {
    const all = [replica(), replica(), replica()];
    await inOrder(...all);
    const before = all.map(({ served }) => served.length);
    const old = stored("ca.crt");
    server.put({ apiVersion: "v1", kind: "Secret", metadata: { ...secret } });
    // Who makes the new CA may know nothing of the old one.
    const newcomer = replica();
    await eventually(() => {
      expect(stored("ca.crt").endsWith(old)).toBe(true);
      expect(bundles()).toEqual([1, 2, 3, 4].map(() => stored("ca.crt")));
    });
    await eventually(() => {
      const served = [...all, newcomer].map((each) => each.served.at(-1)?.cert);
      expect(served).toEqual([1, 2, 3, 4].map(() => stored("tls.crt")));
    });
    expect(all.map(({ served }) => served.length)).toEqual(before.map((count) => count + 1));
  });

  it("are served on, and the process stays ready, while the API server refuses", async () => {
    const one = replica();
    await inOrder(one);
    for (let i = 0; i < 1000; i++)
      server.failNext(
        { kind: "status", code: 500, reason: "InternalError" },
        ({ method, path }) => method === "GET" && path.includes("/secrets/"),
      );
    await eventually(() => expect(one.logged).toContain("could not bring certificates in order"));
    expect(one.rotator.missing()).toEqual([]);
    server.failNoMore();
  });

  it("are renewed 90 days before their end by the same CA", async () => {
    const one = replica();
    await inOrder(one);
    const authority = stored("ca.crt");
    one.now = days(300);
    await eventually(() => expect(one.served).toHaveLength(2));
    expect(stored("ca.crt")).toBe(authority);
    expect(new X509Certificate(stored("tls.crt")).validToDate > days(600)).toBe(true);
  });

  it("of a new CA are served when that CA is injected; the old one stays trusted", async () => {
    const one = replica();
    await inOrder(one);
    const old = stored("ca.crt");
    one.now = days(3600);
    await eventually(() => expect(stored("ca.crt")).not.toBe(old));
    expect(stored("ca.crt").endsWith(old)).toBe(true);
    await eventually(() => expect(one.served).toHaveLength(2));
    expect(bundles()).toEqual([1, 2, 3, 4].map(() => stored("ca.crt")));
    expect(
      new X509Certificate(stored("tls.crt")).verify(new X509Certificate(stored("ca.crt")).publicKey),
    ).toBe(true);
  });

  it("wait for nothing where a configuration is not there, and follow when it comes", async () => {
    server.remove(MUTATING, { name: "mutating" });
    const one = replica();
    await inOrder(one);
    server.put(configuration("MutatingWebhookConfiguration", "mutating"));
    await eventually(() => expect(new Set(bundles())).toEqual(new Set([stored("ca.crt")])));
  });

  it("say what is in the way, and come in order when it is gone", async () => {
    for (let i = 0; i < 1000; i++)
      server.failNext(
        { kind: "status", code: 403, reason: "Forbidden" },
        ({ method, path }) => method === "GET" && path.includes("/secrets/"),
      );
    const one = replica();
    await eventually(() => expect(one.rotator.missing()[0]).toMatch(/^the serving certificate: Secret /));
    server.failNoMore();
    await inOrder(one);
  });
});
