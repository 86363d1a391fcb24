import type { ReviewOptions } from "@portcullis/engine";
import { createClient } from "@portcullis/engine";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { podRequest, testApp, violation } from "../testing/test-app.ts";

const kind = { group: "", version: "v1", kind: "Pod" };
const traces = (...entries: readonly PlainObject[]) => ({
  config: { spec: { validation: { traces: entries } } },
});
const explained = (entry: PlainObject) => ({
  ...traces(entry),
  review: () => ({ results: [violation("c", "no")], errors: [], explanation: "K8sTest/c: 1 violation" }),
});

describe("Config.spec.validation.traces", () => {
  it("writes one message: the request, what became of each constraint, the results", async () => {
    const { send, logged } = testApp(explained({ user: "ann", kind }));
    await send(podRequest());
    expect(logged).toEqual([
      {
        message: expect.stringMatching(
          /^Target: admission\.k8s\.gatekeeper\.sh\nRequest: u-1 CREATE v1\/Pod shop\/web, asked by ann\nTrace:\nDRIVER Rego:\nK8sTest\/c: 1 violation\nResult\(0\):/,
        ) as unknown,
        fields: { logger: "webhook", process: "admission", request_uid: "u-1" },
      },
    ]);
  });

  it("shows rules, rows and values of the real engine", async () => {
    const client = createClient();
    client.addTemplate(
      template("K8sTest", 'package p\nviolation[{"msg": "no"}] {\n  input.review.name == "web"\n}'),
    );
    client.addConstraint(constraint("K8sTest", "c"));
    const { send, logged } = testApp({
      ...traces({ user: "ann", kind }),
      client: { review: (...asked) => client.review(...asked) },
    });
    await send(podRequest());
    const message = logged[0]?.message;
    expect(message).toMatch(/\n {2}query:1 +Enter [^]*Exit data\.template[^\n]*\n/);
    expect(message).toContain(
      'K8sTest/c: 1 violation\n  violation (template:2): holds\n    3: input.review.name == "web"  # input.review.name = "web"',
    );
  });

  it.each(["All", "all"])("writes the engine's state for dump: %s", async (dump) => {
    const { send, logged } = testApp(explained({ user: "ann", kind, dump }));
    await send(podRequest());
    expect(logged.map((line) => line.message)).toContain('DRIVER: Rego:\n{\n\t"dumped": true\n}');
  });

  it.each([
    ["ann", true],
    ["*", true],
    ["a*", true],
    ["*n", true],
    ["a*n", true],
    ["*a*n*n*", true],
    ["**", true],
    ["an*nn", false],
    ["*a*n*n*n", false],
    ["b*", false],
    ["an", false],
    ["Ann", false],
    ["", false],
  ])("with the user %j traces ann: %s", async (user, isTraced) => {
    const { send, logged } = testApp(explained({ user, kind }));
    await send(podRequest());
    expect(logged).toHaveLength(isTraced ? 1 : 0);
  });

  it.each([
    ["another kind", { ...kind, kind: "Service" }, false],
    ["another version", { ...kind, version: "v2" }, false],
    ["another group", { ...kind, group: "apps" }, false],
    ["any kind", { group: "*", version: "*", kind: "*" }, true],
  ])("with %s traces a Pod: %s", async (_what, given, isTraced) => {
    const { send, logged } = testApp(explained({ user: "ann", kind: given }));
    await send(podRequest());
    expect(logged).toHaveLength(isTraced ? 1 : 0);
  });

  describe("asks the engine for an explanation", () => {
    async function askedFor(...entries: readonly PlainObject[]): Promise<ReviewOptions> {
      const asked: ReviewOptions[] = [];
      const review = (_review: unknown, options: ReviewOptions) => {
        asked.push(options);
        return { results: [], errors: [] };
      };
      await testApp({ ...traces(...entries), client: { review } }).send(podRequest());
      return asked[0] as ReviewOptions;
    }

    it.each<readonly [string, PlainObject | undefined]>([
      ["no entry", undefined],
      ["an entry for somebody else", { user: "bob", kind, dump: "All" }],
      ["an entry for another kind", { user: "*", kind: { ...kind, kind: "Service" } }],
    ])("not at all with %s: nothing is observed", async (_what, entry) => {
      const options = await askedFor(...(entry ? [entry] : []));
      expect(Object.keys(options).filter((name) => /trace|explain|observer|stats/.test(name))).toEqual([]);
    });

    it.each<readonly [string, readonly string[], readonly boolean[]]>([
      ["without a constraint of all", [""], [true, true, true]],
      ["with a name of those of that name", ["a"], [true, false, true]],
      ["with kind and name of that one", ["K/a"], [true, false, false]],
      ["with several of each", ["K/a", "K/b"], [true, true, false]],
      ["with one that names none of all", ["K/a", ""], [true, true, true]],
    ])("%s", async (_what, named, wanted) => {
      const { explain } = await askedFor(...named.map((name) => ({ user: "*", kind, constraint: name })));
      const only = explain?.only ?? (() => true);
      expect([only("K", "a"), only("K", "b"), only("L", "a")]).toEqual(wanted);
    });
  });
});
