import { get } from "node:http";
import { constraint, template } from "@portcullis/engine/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { childrenOf } from "../testbed/processes.ts";
import { until } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

const missing = whyNoControlPlane();
if (missing !== undefined) console.log(`several processes behind the webhook's port: ${missing}`);

const SECONDS = 1000;
const SHARDS = 2;

describe.skipIf(missing !== undefined)("a manager with --shards=2", { timeout: 180 * SECONDS }, () => {
  let plane: ControlPlane;
  let manager: Manager;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installKinds(plane);
    manager = await startManager(plane, {
      flags: [`--shards=${SHARDS}`, "--shard-hang-timeout=8s", "--shutdown-delay=0", "--audit-interval=0"],
    });
    await apply(plane, [
      template("K8sNoSecrets", 'package p\nviolation[{"msg": "no secret is allowed"}] { true }'),
    ]);
    await until("the kind", async () => (await plane.kubectl(["get", "k8snosecrets"])).code === 0);
    const match = { kinds: [{ apiGroups: [""], kinds: ["Secret"] }] };
    await apply(plane, [constraint("K8sNoSecrets", "none", { match })]);
    // Each shard loads it for itself.
    await until("every shard to know it", async () => (await denials(10)) === 10);
  }, 180 * SECONDS);

  afterAll(async () => {
    await manager?.stop();
    await plane?.stop();
  });

  /** How many of so many requests for a Secret are refused; whatever else happens to one is an error. */
  async function denials(count: number): Promise<number> {
    let refused = 0;
    for (let i = 0; i < count; i++) {
      const args = ["create", "secret", "generic", "s", "--dry-run=server", "-n", "default"];
      const { verdict } = verdictOf(await plane.kubectl(args));
      if (verdict === "deny") refused++;
      else if (verdict !== "allow") throw new Error(verdict);
    }
    return refused;
  }

  const shards = (): readonly number[] => childrenOf(manager.process.pid);

  /** How often a shard has become ready that took the place of another one. */
  const timesBack = (): number => manager.process.output().split('"a shard is back"').length - 1;

  it("has so many processes beside the one that watches over them, and one pod status for all", async () => {
    expect(shards()).toHaveLength(SHARDS);
    const statuses = await kubectl(plane, [
      "get",
      "constraintpodstatuses",
      "-n",
      "gatekeeper-system",
      "-o",
      "name",
    ]);
    expect(statuses.trim().split("\n")).toHaveLength(1);
  });

  it("counts the requests of all shards in one metric", async () => {
    const before = await admissions(manager);
    await denials(4);
    expect(await admissions(manager)).toBeGreaterThanOrEqual(before + 4);
  });

  it("replaces a shard that is killed", async () => {
    const [first = 0] = shards();
    process.kill(first, "SIGKILL");
    await until("another one", () =>
      Promise.resolve(shards().length === SHARDS && !shards().includes(first)),
    );
    expect(await manager.readyz()).toBe(200);
    // The next test stops the other one.
    await until("its successor to be ready", () => Promise.resolve(timesBack() === 1));
    // The API server may have had a connection to the dead one: it asks again over another one.
    await plane.kubectl(["create", "secret", "generic", "s", "--dry-run=server", "-n", "default"]);
    expect(await denials(4)).toBe(4);
  });

  it("replaces a shard that hangs, while the others answer", async () => {
    const [first = 0] = shards();
    process.kill(first, "SIGSTOP");
    await until("another one", () =>
      Promise.resolve(shards().length === SHARDS && !shards().includes(first)),
    );
    expect(await manager.readyz()).toBe(200);
    await plane.kubectl(["create", "secret", "generic", "s", "--dry-run=server", "-n", "default"]);
    expect(await denials(4)).toBe(4);
  });

  it("leaves no process behind when it is killed itself", async () => {
    const all = shards();
    expect(all).toHaveLength(SHARDS);
    manager.process.signal("SIGKILL");
    await until("their end", () => Promise.resolve(!all.some(isAlive)));
    expect(await manager.readyz()).toBe(0);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Admission requests that the manager has counted. */
async function admissions({ metricsPort }: Manager): Promise<number> {
  const text = await new Promise<string>((resolve, reject) => {
    get({ host: "127.0.0.1", port: metricsPort, path: "/metrics", agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      answer.once("end", () => resolve(body));
    }).once("error", reject);
  });
  const counts = text.matchAll(/^gatekeeper_validation_request_count_total\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
