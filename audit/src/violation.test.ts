import type { Result } from "@portcullis/engine";
import { Decimal } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { violationsOf } from "./violation.ts";

const result = (msg: string, over: Partial<Result> = {}): Result => ({
  constraint: {
    group: "constraints.gatekeeper.sh",
    version: "v1beta1",
    kind: "K8sTest",
    name: "c",
    object: {
      metadata: {
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", runbook: "https://x" },
      },
    },
  },
  msg,
  details: {},
  enforcementAction: "deny",
  actions: ["deny"],
  ...over,
});
const deployment = (over: Record<string, unknown> = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "d", namespace: "n", ...over },
});

const ids = (...found: Parameters<typeof violationsOf>) => violationsOf(...found).map(({ id }) => id);

describe("a violation", () => {
  it("has what a constraint's status holds", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };
    expect(violationsOf(namespace, [result("m")])[0]?.status).toEqual({
      group: "",
      version: "v1",
      kind: "Namespace",
      name: "n",
      message: "m",
      enforcementAction: "deny",
    });
    const scoped = result("m", { enforcementAction: "scoped", actions: ["deny", "warn"] });
    expect(violationsOf(deployment(), [scoped])[0]?.status).toEqual({
      group: "apps",
      version: "v1",
      kind: "Deployment",
      name: "d",
      namespace: "n",
      message: "m",
      enforcementAction: "scoped",
      enforcementActions: ["deny", "warn"],
    });
  });

  it("has the whole message, exact details, and of constraint and object what people look for", () => {
    const long = "m".repeat(1000);
    const details = { big: new Decimal("12345678901234567890123") };
    const [violation] = violationsOf(
      deployment({ labels: { team: "a" }, uid: "u", resourceVersion: "7" }),
      [result(long, { details })],
      "d.yaml:3",
    );
    expect(violation).toMatchObject({
      message: long,
      details: '{"big":12345678901234567890123}',
      object: { labels: '{"team":"a"}', uid: "u", resourceVersion: "7" },
      origin: "d.yaml:3",
    });
    expect(violation?.constraint.annotations).toBe('{"runbook":"https://x"}');
  });
});

describe("the id of a violation", () => {
  it("is the same for another action, another object of the same name, another version of the API", () => {
    const [first] = ids(deployment({ uid: "1" }), [result("m")]);
    const warned = result("m", { enforcementAction: "warn", actions: ["warn"], details: { at: 2 } });
    expect(ids(deployment({ uid: "2" }), [warned])).toEqual([first]);
    expect(ids({ ...deployment(), apiVersion: "apps/v2" }, [result("m")])).toEqual([first]);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is another one for another message, object or constraint", () => {
    const other = result("m");
    const all = [
      ...ids(deployment(), [result("m"), result("n")]),
      ...ids(deployment({ name: "e" }), [result("m")]),
      ...ids(deployment({ namespace: "o" }), [result("m")]),
      ...ids({ ...deployment(), kind: "Job" }, [result("m")]),
      ...ids({ ...deployment(), apiVersion: "v1" }, [result("m")]),
      ...ids(deployment(), [{ ...other, constraint: { ...other.constraint, name: "d" } }]),
      ...ids(deployment(), [{ ...other, constraint: { ...other.constraint, kind: "K8sOther" } }]),
    ];
    expect(new Set(all).size).toBe(8);
  });

  it("tells violations apart that say the same of the same object", () => {
    const [one, two, three] = ids(deployment(), [result("m"), result("m"), result("m")]);
    expect(new Set([one, two, three]).size).toBe(3);
    expect(ids(deployment(), [result("m"), result("l"), result("m")])).toEqual([one, expect.anything(), two]);
  });
});
