import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { Engine } from "./engine.ts";
import type { Question } from "./drivers/driver.ts";
import type { Response, ReviewOptions } from "./reviews/review.ts";
import { reviewOfObject } from "./target/review-of-object.ts";
import { constraint, fakeDriver, namespace, pod, template } from "./testing/index.ts";
import type { ConstraintParts } from "./testing/index.ts";

function engine(): Engine {
  return new Engine({ driver: fakeDriver(), referentialRules: true, nowNs: () => 0n });
}

function review(client: Engine, object: PlainObject, options: Partial<ReviewOptions> = {}): Response {
  return client.review(reviewOfObject(object), { enforcementPoint: "validation.gatekeeper.sh", ...options });
}

function denying(...parts: readonly ConstraintParts[]): Engine {
  const client = engine();
  client.addTemplate(template("KA", "deny all"));
  parts.forEach((spec, index) => client.addConstraint(constraint("KA", `c${index}`, spec)));
  return client;
}

describe("a review", () => {
  it("has a result for every violation, in the order of action and message", () => {
    const client = denying({ enforcementAction: "warn" }, {});
    client.addTemplate(template("KB", "echo parameters"));
    client.addConstraint(constraint("KB", "b", { parameters: { a: 1 } }));
    const found = review(client, pod("web")).results.map((r) => [
      r.enforcementAction,
      r.msg,
      r.constraint.name,
    ]);
    expect(found).toEqual([
      ["deny", "denied", "c1"],
      ["deny", '{"a":1}', "b"],
      ["warn", "denied", "c0"],
    ]);
  });

  it("asks only constraints whose kinds match", () => {
    const client = denying({ match: { kinds: [{ apiGroups: ["apps"], kinds: ["Deployment"] }] } });
    expect(review(client, pod("web")).results).toEqual([]);
    expect(
      review(client, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d" } }).results,
    ).toHaveLength(1);
  });

  it("asks a constraint when the old object matches", () => {
    const client = denying({ match: { labelSelector: { matchLabels: { app: "web" } } } });
    const request = {
      operation: "UPDATE",
      object: pod("web"),
      oldObject: pod("web", { labels: { app: "web" } }),
    };
    const options = { enforcementPoint: "validation.gatekeeper.sh" } as const;
    expect(client.review({ request, source: "Original" }, options).results).toHaveLength(1);
  });

  it("asks constraints of a kind with equal parameters once, and each of them where it is watched", () => {
    const asked: Question[] = [];
    const driver = fakeDriver((question) => void asked.push(question));
    const client = new Engine({ driver, referentialRules: true, nowNs: () => 0n });
    client.addTemplate(template("KA", "echo parameters"));
    const parameters = [{ a: [1] }, { a: [1] }, { a: [2] }, undefined, {}];
    parameters.forEach((given, i) =>
      client.addConstraint(constraint("KA", `c${i}`, { ...(given && { parameters: given }) })),
    );
    const found = (): readonly string[] => review(client, pod("web")).results.map(({ msg }) => msg);
    const wanted = ['{"a":[1]}', '{"a":[1]}', '{"a":[2]}', "{}", "{}"];
    expect(found()).toEqual(wanted);
    expect(asked).toHaveLength(3);
    review(client, pod("web"), { explain: {} });
    expect(asked).toHaveLength(3 + 5);
    client.addConstraint(constraint("KA", "c0", { parameters: { a: [3] } }));
    expect(found()).toEqual(['{"a":[1]}', '{"a":[2]}', '{"a":[3]}', "{}", "{}"]);
  });

  it("asks a scoped constraint only at its enforcement points", () => {
    const scoped = {
      enforcementAction: "scoped",
      scopedEnforcementActions: [{ action: "warn", enforcementPoints: [{ name: "audit.gatekeeper.sh" }] }],
    };
    const client = denying(scoped);
    expect(review(client, pod("web")).results).toEqual([]);
    expect(review(client, pod("web"), { enforcementPoint: "audit.gatekeeper.sh" }).results).toMatchObject([
      { enforcementAction: "scoped", actions: ["warn"] },
    ]);
  });

  it("turns a match that cannot be decided into a violation", () => {
    const client = denying({ match: { namespaceSelector: { matchLabels: { env: "prod" } } } });
    const text =
      "unable to match constraints: error matching the requested object: web :failed to run Match criteria: " +
      "namespace selector for namespace-scoped object but missing Namespace";
    expect(review(client, pod("web")).results).toMatchObject([{ msg: text, details: {}, actions: ["deny"] }]);
  });

  it("makes a request without any object a violation of every constraint that has to match one", () => {
    const client = denying({ match: { name: "web" } });
    const response = client.review(
      { request: { operation: "CREATE", object: null }, source: "Original" },
      { enforcementPoint: "validation.gatekeeper.sh" },
    );
    expect(response.results.map(({ msg }) => msg)).toEqual([
      "unable to match constraints: invalid request object: neither object nor old object are defined",
    ]);
  });

  it("finds the Namespace among the synced objects", () => {
    const client = denying({ match: { namespaceSelector: { matchLabels: { env: "prod" } } } });
    client.addData(namespace("default", { env: "prod" }));
    expect(review(client, pod("web")).results).toMatchObject([{ msg: "denied" }]);
  });

  it("gives every constraint of a kind that was asked the text of a rule that failed", () => {
    const client = engine();
    client.addTemplate(template("KA", "fail"));
    client.addConstraint(constraint("KA", "a"));
    client.addConstraint(constraint("KA", "b", { enforcementAction: "warn" }));
    expect(review(client, pod("web")).results.map(({ msg, constraint: c }) => [c.name, msg])).toEqual([
      ["a", "the rule failed"],
      ["b", "the rule failed"],
    ]);
  });

  it("goes by a template's operations where it is asked to", () => {
    const client = engine();
    client.addTemplate(template("KA", "deny all", { operations: ["DELETE"] }));
    client.addConstraint(constraint("KA", "a"));
    expect(review(client, pod("web"), { honourOperations: true }).results).toEqual([]);
    expect(review(client, pod("web")).results).toHaveLength(1);
  });

  it("names the constraints it had no time for", () => {
    let clock = 0n;
    const late = new Engine({
      driver: fakeDriver(),
      referentialRules: true,
      nowNs: () => (clock += 10_000_000n),
    });
    late.addTemplate(template("KA", "deny all"));
    late.addConstraint(constraint("KA", "a"));
    late.addConstraint(constraint("KA", "b"));
    const response = review(late, pod("web"), { timeoutMs: 15 });
    expect(response.results.map((r) => r.constraint.name)).toEqual(["a"]);
    expect(response.errors).toMatchObject([
      {
        code: "evaluation_failed",
        retryable: true,
        message: "KA/b: the time for the review was used up before this constraint",
      },
    ]);
  });

  it("reads the inventory unless referential rules are off", () => {
    const told = (referentialRules: boolean): string => {
      const client = new Engine({ driver: fakeDriver(), referentialRules, nowNs: () => 0n });
      client.addTemplate(template("KA", "echo inventory"));
      client.addConstraint(constraint("KA", "a"));
      client.addData(namespace("x"));
      return review(client, pod("web")).results[0]?.msg ?? "";
    };
    expect(told(true)).toContain('"Namespace"');
    expect(told(false)).toBe('{"inventory":{}}');
  });
});

describe("loading", () => {
  it("keeps the template in force when its update is refused", () => {
    const client = denying({});
    expect(client.addTemplate(template("KA", "no such rule")).ok).toBe(false);
    expect(review(client, pod("web")).results).toHaveLength(1);
  });

  it("takes the constraints away with their template", () => {
    const client = denying({});
    client.removeTemplate("ka");
    expect(client.constraints()).toEqual([]);
    expect(review(client, pod("web")).results).toEqual([]);
  });

  it("fills in the defaults of an updated template", () => {
    const withDefault = (n: number): PlainObject =>
      template("KA", "echo parameters", {
        parameters: { type: "object", properties: { n: { type: "integer", default: n } } },
      });
    const client = engine();
    client.addTemplate(withDefault(1));
    client.addConstraint(constraint("KA", "a", { parameters: {} }));
    client.addTemplate(withDefault(2));
    expect(review(client, pod("web")).results).toMatchObject([{ msg: '{"n":2}' }]);
  });

  it("refuses a constraint without template", () => {
    expect(engine().addConstraint(constraint("KA", "a"))).toMatchObject({
      ok: false,
      error: { code: "unknown_template", message: 'missing ConstraintTemplate: template "ka" not found' },
    });
  });

  it("refuses a scoped constraint that has no list of actions", () => {
    const client = denying({});
    expect(client.addConstraint(constraint("KA", "a", { enforcementAction: "scoped" }))).toMatchObject({
      error: { message: "missing required field: spec.scopedEnforcementActions must be defined" },
    });
  });

  it("refuses another target for a template with constraints", () => {
    const client = denying({});
    const object = template("KA", "deny all");
    const spec = { ...(object["spec"] as PlainObject), targets: [{ target: "other" }] };
    expect(client.addTemplate({ ...object, spec })).toMatchObject({
      error: {
        message: expect.stringMatching(/^ConstraintTemplates with Constraints may not change targets/),
      },
    });
  });

  it("counts the changes of policies and of data", () => {
    const client = denying({});
    expect(client.revisions()).toEqual({ policy: 2, data: 0 });
    client.addData(namespace("x"));
    client.removeConstraint("KA", "not there");
    expect(client.revisions()).toEqual({ policy: 2, data: 1 });
    expect(client.constraints("KA")).toMatchObject([{ name: "c0", enforcementAction: "deny", revision: 2 }]);
  });

  it("dumps modules, constraints and inventory", () => {
    const client = denying({ parameters: { a: 1 } });
    client.addData(namespace("x"));
    expect(client.dump()).toEqual({
      "admission.k8s.gatekeeper.sh": {
        modules: { KA: { template: "deny all" } },
        data: {
          constraints: { KA: { c0: { a: 1 } } },
          inventory: { cluster: { v1: { Namespace: { x: namespace("x") } } } },
        },
      },
    });
  });
});
