import { describe, expect, it } from "vitest";
import { podRequest, testApp, violation } from "../testing/test-app.ts";

const kind = { group: "", version: "v1", kind: "Pod" };
const traced = (entry: object) => ({
  config: { spec: { validation: { traces: [entry as never] } } },
  review: () => ({ results: [violation("c", "no")], errors: [], trace: "Enter data.x\n| Exit data.x" }),
});

describe("Config.spec.validation.traces", () => {
  it("writes one message with the trace and the results", async () => {
    const { send, logged } = testApp(traced({ user: "ann", kind }));
    await send(podRequest());
    expect(logged).toHaveLength(1);
    expect(logged[0]?.message).toMatch(
      /^Target: admission\.k8s\.gatekeeper\.sh\nTrace:\nDRIVER Rego:\nEnter data\.x\n\| Exit data\.x\nResult\(0\):/,
    );
  });

  it.each(["All", "all"])("writes the engine's state for dump: %s", async (dump) => {
    const { send, logged } = testApp(traced({ user: "ann", kind, dump }));
    await send(podRequest());
    expect(logged.map((line) => line.message)).toContain('DRIVER: Rego:\n{\n\t"dumped": true\n}');
  });

  it.each([
    ["another user", { user: "bob", kind }],
    ["another kind", { user: "ann", kind: { ...kind, kind: "Service" } }],
    ["another version", { user: "ann", kind: { ...kind, version: "v2" } }],
  ])("leaves %s alone", async (_, entry) => {
    const { send, logged } = testApp(traced(entry));
    await send(podRequest());
    expect(logged).toEqual([]);
  });
});
