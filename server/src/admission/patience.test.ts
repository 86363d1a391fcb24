import { createClient } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import type { FastifyInstance } from "fastify";
import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { podRequest, testApp } from "../testing/test-app.ts";

// What becomes of a request whose answer nobody waits for any more: it must not hold what others need.

const running: FastifyInstance[] = [];
const agent = new Agent();
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});

/** Namespaces that are told of one by one. */
function namespaces() {
  const asked: PromiseWithResolvers<PlainObject>[] = [];
  return {
    asked,
    find: (): Promise<PlainObject> => {
      const one = Promise.withResolvers<PlainObject>();
      asked.push(one);
      return one.promise;
    },
  };
}

async function listening(app: FastifyInstance): Promise<number> {
  running.push(app);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as AddressInfo).port;
}

interface Sent {
  readonly answer: Promise<{ readonly allowed: boolean; readonly status: { readonly message?: string } }>;
  leave(): void;
}

function send(port: number, path = "/v1/admit"): Sent {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<Sent["answer"]>>();
  const headers = { "content-type": "application/json" };
  const sent = request({ host: "127.0.0.1", port, method: "POST", path, agent, headers }, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (part: string) => (text += part));
    response.once("end", () => resolve((JSON.parse(text) as { response: Awaited<Sent["answer"]> }).response));
  }).once("error", reject);
  promise.catch(() => undefined);
  sent.end(
    JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: podRequest() }),
  );
  return { answer: promise, leave: () => void sent.destroy() };
}

const eventually = { timeout: 10_000, interval: 5 };

describe("--max-serving-threads", () => {
  it("is how many reviews are under way at once", async () => {
    const { asked, find } = namespaces();
    const port = await listening(testApp({ namespace: find, maxServingThreads: 2 }).app);
    const sent = [1, 2, 3, 4, 5].map(() => send(port));
    for (let answered = 0; answered < sent.length; answered++) {
      await expect.poll(() => asked.length, eventually).toBe(Math.min(answered + 2, sent.length));
      asked[answered]?.resolve({ metadata: { name: "shop" } });
    }
    for (const { answer } of sent) expect(await answer).toMatchObject({ allowed: true });
  });

  it.each(["under way", "in line"])(
    "does not count a request that is %s when its client leaves",
    async (where) => {
      const { asked, find } = namespaces();
      const port = await listening(testApp({ namespace: find, maxServingThreads: 1 }).app);
      const first = send(port);
      await expect.poll(() => asked.length, eventually).toBe(1);
      const second = send(port);
      const leaving = where === "under way" ? first : second;
      leaving.leave();
      await expect(leaving.answer).rejects.toThrow("socket hang up");
      const staying = where === "under way" ? second : first;
      if (where === "under way") await expect.poll(() => asked.length, eventually).toBe(2);
      for (const one of asked) one.resolve({ metadata: { name: "shop" } });
      expect(await staying.answer).toMatchObject({ allowed: true });
      // Whoever left is not asked about afterwards.
      const third = send(port);
      await expect.poll(() => asked.length, eventually).toBe(where === "under way" ? 3 : 2);
      asked.at(-1)?.resolve({ metadata: { name: "shop" } });
      expect(await third.answer).toMatchObject({ allowed: true });
    },
  );
});

describe("a deadline", () => {
  const late = { allowed: false, status: { code: 500, message: "no decision within 40 ms" } };

  it.each(["/v1/admit", "/v1/mutate"])("of %s holds while nobody can tell the Namespace", async (path) => {
    const port = await listening(testApp({ namespace: namespaces().find }).app);
    expect(await send(port, `${path}?timeout=50ms`).answer).toMatchObject(late);
  });

  it("holds in line for a serving slot", async () => {
    const { find } = namespaces();
    const port = await listening(testApp({ namespace: find, maxServingThreads: 1 }).app);
    const first = send(port);
    expect(await send(port, "/v1/admit?timeout=50ms").answer).toMatchObject(late);
    first.leave();
  });
});

describe("a template that asks the world outside, which is silent,", () => {
  const rego = `package dns
violation[{"msg": "no address"}] { count(net.lookup_ip_addr("a.example")) == 0 }`;

  function silentWorld() {
    const asked: string[] = [];
    const client = createClient({
      hostCall: (kind) => {
        asked.push(kind);
        return new Promise(() => {});
      },
    });
    for (const added of [
      client.addTemplate(template("K8sAddress", rego)),
      client.addConstraint(constraint("K8sAddress", "address")),
    ])
      expect(added).toMatchObject({ ok: true });
    return { asked, client: { settle: ((work, signal) => client.settle(work, signal)) as Client["settle"] } };
  }

  it("is given up at the deadline", async () => {
    const { client } = silentWorld();
    const port = await listening(testApp({ client }).app);
    expect(await send(port, "/v1/admit?timeout=50ms").answer).toMatchObject({
      allowed: false,
      status: { code: 500, message: "no decision within 40 ms" },
    });
  });

  it("is given up with its client, and the slot is free again", async () => {
    const { asked, client } = silentWorld();
    const port = await listening(testApp({ client, maxServingThreads: 1 }).app);
    const first = send(port);
    await expect.poll(() => asked.length, eventually).toBe(1);
    first.leave();
    const second = send(port);
    await expect.poll(() => asked.length, eventually).toBe(2);
    second.leave();
  });
});
