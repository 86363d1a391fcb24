import { exportLine } from "@portcullis/engine/cluster";
import type { Result } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { podRequest, testApp, violation } from "../testing/test-app.ts";

// What is exported of a violation of an admission request: contract 5.5.

async function exported(
  request: PlainObject,
  results: readonly Result[],
): Promise<readonly Record<string, unknown>[]> {
  const lines: string[] = [];
  const app = testApp({
    review: () => ({ results, errors: [] }),
    onExport: (record) => lines.push(exportLine(record)),
  });
  await app.send(request);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const annotated: Result = {
  ...violation("c", "no ".repeat(200)),
  constraint: {
    ...violation("c", "").constraint,
    object: {
      metadata: { annotations: { a: "b", "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
    },
  },
  details: { missing: ["team"] },
};

describe("an exported violation of a request", () => {
  it("says what was violated, the message whole, and who asked for what", async () => {
    const metadata = { name: "web", namespace: "shop", labels: { app: "x" } };
    const request = podRequest({
      subResource: "status",
      userInfo: { username: "ann", uid: "7", groups: ["dev", "ops"] },
      object: { apiVersion: "v1", kind: "Pod", metadata },
    });
    expect(await exported(request, [annotated])).toEqual([
      {
        id: "u-1",
        details: { missing: ["team"] },
        eventType: "violation_admission",
        group: "constraints.gatekeeper.sh",
        version: "v1beta1",
        kind: "K8sTest",
        name: "c",
        message: "no ".repeat(200),
        enforcementAction: "deny",
        constraintAnnotations: { a: "b" },
        resourceAPIVersion: "v1",
        resourceKind: "Pod",
        resourceNamespace: "shop",
        resourceName: "web",
        resourceLabels: { app: "x" },
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/) as string,
        operation: "CREATE",
        requestResource: "pods",
        requestSubresource: "status",
        requestUsername: "ann",
        requestUserUID: "7",
        requestUserGroups: ["dev", "ops"],
        dryRun: false,
      },
    ]);
  });

  it("says what was asked for before it was converted, and that it was a dry run", async () => {
    const request = podRequest({
      requestResource: { group: "", version: "v1beta1", resource: "oldpods" },
      requestSubResource: "scale",
      subResource: "status",
      dryRun: true,
    });
    expect(await exported(request, [violation("c", "no")])).toMatchObject([
      { requestResource: "oldpods", requestSubresource: "scale", dryRun: true },
    ]);
  });

  it("has name, namespace and labels of the object where the request has none; on DELETE of the old one", async () => {
    const old = { metadata: { name: "gone", namespace: "shop", labels: { a: "b" } } };
    const request = podRequest({
      name: "",
      namespace: "",
      operation: "DELETE",
      object: null,
      oldObject: old,
    });
    expect(await exported(request, [violation("c", "no")])).toMatchObject([
      { resourceName: "gone", resourceNamespace: "shop", resourceLabels: { a: "b" }, operation: "DELETE" },
    ]);
  });

  it("is one of each violation that denies, warns or is a dry run; one of an unknown action is told nowhere", async () => {
    const results = [
      violation("c", "1"),
      violation("c", "2", ["warn"]),
      violation("c", "3", ["dryrun"]),
      violation("c", "4", ["deny", "warn"]),
      violation("c", "5", ["shout"]),
    ];
    const all = await exported(podRequest(), results);
    expect(
      all.map(({ message, enforcementAction }) => `${String(message)} ${String(enforcementAction)}`),
    ).toEqual(["1 deny", "2 warn", "3 dryrun", "4 scoped"]);
    expect(all.map((each) => each["enforcementActions"])).toEqual([
      undefined,
      undefined,
      undefined,
      ["deny", "warn"],
    ]);
  });
});
