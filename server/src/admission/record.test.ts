import type { Result } from "@portcullis/engine";
import type { EventNote } from "@portcullis/engine/cluster";
import { describe, expect, it } from "vitest";
import { podRequest, testApp, violation } from "../testing/test-app.ts";
import type { AdmissionOptions } from "./policies.ts";

// Lines and Events of violations: contract 4.8. The names of the fields are what users' log pipelines look for.

const scoped: Result = {
  ...violation("s", "both", ["deny", "warn"]),
  details: { a: 9007199254740992 },
};

async function told(options: AdmissionOptions, results: readonly Result[], request = podRequest()) {
  const events: EventNote[] = [];
  const app = testApp({
    options,
    review: (_review) => ({ results, errors: [] }),
    onEvent: (event) => events.push(event),
  });
  await app.send(request);
  return { lines: app.logged, events };
}

describe("--log-denies", () => {
  it("writes a line for each violation, with Gatekeeper's fields", async () => {
    const { lines } = await told({ logDenies: true }, [violation("c", "no"), scoped]);
    expect(lines).toEqual([
      {
        message: "denied admission: no",
        fields: {
          logger: "webhook",
          hookType: "validation",
          semantic: true,
          process: "admission",
          details: {},
          event_type: "violation",
          constraint_name: "c",
          constraint_group: "constraints.gatekeeper.sh",
          constraint_api_version: "v1beta1",
          constraint_kind: "K8sTest",
          constraint_action: "deny",
          constraint_enforcement_actions: null,
          resource_group: "",
          resource_api_version: "v1",
          resource_kind: "Pod",
          resource_namespace: "shop",
          resource_name: "web",
          request_username: "ann",
        },
      },
      {
        message: "denied admission: both",
        fields: expect.objectContaining({
          constraint_action: "scoped",
          constraint_enforcement_actions: ["deny", "warn"],
          details: { a: 9007199254740992 },
        }) as unknown,
      },
    ]);
  });

  it.each([
    ["warn", 1],
    ["dryrun", 1],
    ["nonsense", 0],
  ])("of a constraint that is to %s writes %d lines", async (action, count) => {
    const { lines } = await told({ logDenies: true }, [violation("c", "no", [action])]);
    expect(lines.map(({ message }) => message)).toEqual(Array(count).fill("denied admission: no"));
  });

  it("takes the name of an object whose request has none from the object", async () => {
    const { lines } = await told({ logDenies: true }, [violation("c", "no")], podRequest({ name: "" }));
    expect(lines[0]?.fields).toMatchObject({ resource_name: "web" });
  });

  it("is off by default", async () => {
    expect((await told({}, [violation("c", "no")])).lines).toEqual([]);
  });
});

describe("--emit-admission-events", () => {
  it.each([
    ["deny", "FailedAdmission", 'Admission webhook "validation.gatekeeper.sh" denied request'],
    [
      "warn",
      "WarningAdmission",
      'Admission webhook "validation.gatekeeper.sh" raised a warning for this request',
    ],
    ["dryrun", "DryrunViolation", "Dryrun violation"],
  ])("tells of a constraint that is to %s", async (action, reason, says) => {
    const { events } = await told({}, [violation("c", "no", [action])]);
    expect(events).toEqual([
      {
        component: "gatekeeper-webhook",
        type: "Warning",
        reason,
        message: `${says}, Resource Namespace: shop, Constraint: c, Message: no`,
        annotations: {
          process: "admission",
          event_type: "violation",
          constraint_name: "c",
          constraint_group: "constraints.gatekeeper.sh",
          constraint_api_version: "v1beta1",
          constraint_kind: "K8sTest",
          constraint_action: action,
          constraint_enforcement_actions: "",
          resource_group: "",
          resource_api_version: "v1",
          resource_kind: "Pod",
          resource_namespace: "shop",
          resource_name: "web",
          request_username: "ann",
        },
        involved: {
          kind: "Pod",
          name: "web",
          namespace: "gatekeeper-system",
          uid: "Pod/shop/web/K8sTest//c",
        },
      },
    ]);
  });

  it("of a scoped constraint names its actions, and tells of the strongest", async () => {
    const { events } = await told({}, [scoped]);
    expect(events).toMatchObject([
      { reason: "FailedAdmission", annotations: { constraint_enforcement_actions: "deny,warn" } },
    ]);
  });

  it("can be in the object's namespace, about the very object where it exists already", async () => {
    const options = { eventsInvolvedNamespace: true, ownNamespace: "mine" };
    const results = [violation("c", "no")];
    const metadata = { name: "web", namespace: "shop", uid: "u-9", resourceVersion: "7" };
    const updated = podRequest({ object: { kind: "Pod", metadata } });
    const involved = async (request = podRequest()) =>
      (await told(options, results, request)).events.map((event) => event.involved);
    expect(await involved()).toEqual([{ kind: "Pod", name: "web", namespace: "shop", uid: "" }]);
    expect(await involved(updated)).toEqual([
      { kind: "Pod", name: "web", namespace: "shop", uid: "u-9", resourceVersion: "7" },
    ]);
    expect(await involved(podRequest({ namespace: "" }))).toMatchObject([{ namespace: "mine" }]);
    expect((await told(options, results)).events[0]?.message).toBe(
      'Admission webhook "validation.gatekeeper.sh" denied request, Constraint: c, Message: no',
    );
  });

  it("makes no Event of an Event: that one would make the next", async () => {
    const request = podRequest({ kind: { group: "", version: "v1", kind: "Event" } });
    expect((await told({}, [violation("c", "no")], request)).events).toEqual([]);
  });
});

describe("--log-stats-admission", () => {
  it("writes what each template took, those asked about implied objects too", async () => {
    const stats = [
      { kind: "K8sTest", nanoseconds: 1500, constraints: 2 },
      { kind: "K8sTest", nanoseconds: 700, constraints: 1, impliedBy: "pods-of-deployments" },
    ];
    const { send, logged } = testApp({
      options: { logStats: true },
      review: () => ({ results: [], errors: [], stats }),
    });
    await send(podRequest());
    expect(logged).toMatchObject([
      {
        message: "admission review request stats",
        fields: {
          logger: "webhook",
          hookType: "validation",
          semantic: true,
          process: "admission",
          event_type: "review_response_stats",
          resource_group: "",
          resource_api_version: "v1",
          resource_kind: "Pod",
          resource_namespace: "shop",
          request_username: "ann",
          execution_stats: [
            {
              scope: "template",
              statsFor: "K8sTest",
              stats: [
                { name: "templateRunTimeNS", value: 1500, source: { type: "engine", value: "Rego" } },
                { name: "constraintCount", value: 2, source: { type: "engine", value: "Rego" } },
              ],
              labels: [
                { name: "TracingEnabled", value: false },
                { name: "PrintEnabled", value: true },
                { name: "target", value: "admission.k8s.gatekeeper.sh" },
              ],
            },
            { labels: [{}, {}, {}, { name: "Implied by", value: "pods-of-deployments" }] },
          ],
        },
      },
    ]);
  });
});
