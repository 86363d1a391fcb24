import { numberFromText } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { createClient } from "../../create-client.ts";
import type { ClientOptions } from "../../client.ts";
import type { Response } from "../../reviews/review.ts";
import { reviewOfObject } from "../../target/review-of-object.ts";
import { constraint, namespace, pod, template } from "../../testing/index.ts";
import type { TemplateParts } from "../../testing/index.ts";

interface Setup {
  readonly parts?: TemplateParts;
  readonly parameters?: PlainObject;
  readonly data?: readonly PlainObject[];
  readonly options?: ClientOptions;
  readonly object?: PlainObject;
  readonly timeoutMs?: number;
}

function judge(rego: string, setup: Setup = {}): Response {
  const client = createClient(setup.options);
  const added = client.addTemplate(template("KA", `package x\n${rego}`, setup.parts));
  if (!added.ok) throw new Error(added.error.message);
  const parameters = setup.parameters ? { parameters: setup.parameters } : {};
  client.addConstraint(constraint("KA", "c", parameters));
  for (const object of setup.data ?? []) client.addData(object);
  return client.review(reviewOfObject(setup.object ?? pod("web")), {
    enforcementPoint: "gator.gatekeeper.sh",
    ...(setup.timeoutMs !== undefined && { timeoutMs: setup.timeoutMs }),
  });
}

function messages(rego: string, setup?: Setup): readonly string[] {
  const response = judge(rego, setup);
  expect(response.errors).toEqual([]);
  return response.results.map(({ msg }) => msg);
}

describe("a violation", () => {
  it("has the message and details of the rule", () => {
    const rego =
      'violation[{"msg": msg, "details": {"a": 1}}] { msg := sprintf("no %v", [input.parameters.x]) }';
    expect(judge(rego, { parameters: { x: 3 } }).results).toMatchObject([{ msg: "no 3", details: { a: 1 } }]);
  });

  it.each<readonly [string, string, readonly string[]]>([
    ["no msg is none", "violation[x] { x := input.parameters }", []],
    ["text alone is none", "violation[x] { x := input.review.name }", []],
    ["the same twice is one", 'violation[{"msg": "a", "x": y}] { y := [1, 2][_] }', ["a"]],
    ["other details are others", 'violation[{"msg": "a", "details": y}] { y := [1, 2][_] }', ["a", "a"]],
    ["an undefined rule is none", 'violation[{"msg": "a"}] { false }', []],
    ["a builtin's error is undefined", 'violation[{"msg": "a"}] { to_number("x") }', []],
    ["parameters are an object at least", 'violation[{"msg": "a"}] { input.parameters == {} }', ["a"]],
  ])("%s", (_what, rego, wanted) => {
    expect(messages(rego)).toEqual(wanted);
  });

  it("without a text for a message leaves the review without a verdict", () => {
    const response = judge('violation[{"msg": 3}] { true }');
    expect(response).toMatchObject({
      results: [],
      errors: [
        {
          code: "evaluation_failed",
          message:
            "KA/c: extracting message binding: .msg accessor error: 3 is of the type json.Number, expected string",
        },
      ],
    });
  });

  it("is the error of a rule that fails", () => {
    const rego = 'a = 1 { input.review }\na = 2 { input.review }\nviolation[{"msg": "x"}] { a == 1 }';
    expect(messages(rego)).toEqual([
      "template:3: eval_conflict_error: complete rules must not produce multiple outputs",
    ]);
  });
});

describe("a template", () => {
  it("is Rego v0, or v1 where its code says so", () => {
    expect(messages('violation contains {"msg": "a"} if true', { parts: { version: "v1" } })).toEqual(["a"]);
    expect(() => judge('violation contains {"msg": "a"} if true')).toThrow("rego_parse_error");
  });

  it.each([
    ["violation(x) = 1 { true }", "function data.template.violation[r] used as reference, not called"],
    ["violation = 1 { true }", "undefined ref: data.template.violation[r]"],
    ["default violation = false", "undefined ref: data.template.violation[r]"],
  ])("whose rule is %j is refused", (rego, message) => {
    expect(() => judge(rego)).toThrow(`hooks.hooks_builtin:15: rego_type_error: ${message}`);
  });

  it("calls its libs", () => {
    const lib = "package lib.helpers\nf(x) = y { y := x + 1 }";
    const rego =
      'import data.lib.helpers\nviolation[{"msg": m}] { m := sprintf("%v %v", [helpers.f(1), data.lib.helpers.f(2)]) }';
    expect(messages(rego, { parts: { libs: [lib] } })).toEqual(["2 3"]);
  });

  it("reaches its libs from wherever a reference can stand", () => {
    const rego = `violation[{"msg": msg}] {
      x := {"list": [data.lib.a.v], "call": [data.lib.a.f("q")], "loop": {y | y := data.lib.a.f(data.lib.a.v)}}
      msg := sprintf("%v %v %v", [x.list, x.call, x.loop])
    }`;
    const libs = ['package lib.a\nv = "v"\nf(x) = x'];
    expect(messages(rego, { parts: { libs } })).toEqual(['["v"] ["q"] {"v"}']);
  });

  it("reads the inventory", () => {
    const rego = 'violation[{"msg": name}] { data.inventory.cluster.v1.Namespace[name] }';
    expect(messages(rego, { data: [namespace("b"), namespace("a")] })).toEqual(["a", "b"]);
  });

  it("cannot call builtins that are disabled", () => {
    const options = { disabledBuiltins: ["base64.encode"] };
    expect(() => judge('violation[{"msg": base64.encode("x")}] { true }', { options })).toThrow(
      "unable to compile modules: 1 error occurred: template:2: rego_type_error: undefined function base64.encode",
    );
  });

  it("sees the numbers of the review as exactly as those of the parameters", () => {
    const rego =
      'violation[{"msg": m}] { m := sprintf("%v %v", [input.review.object.spec.n, input.parameters.n]) }';
    const n = numberFromText("12345678901234567890");
    expect(messages(rego, { object: pod("web", { spec: { n: 1_000_000 } }), parameters: { n } })).toEqual([
      "1000000 12345678901234567890",
    ]);
  });
});

describe("a call of the world outside", () => {
  const rego = `violation[{"msg": msg}] {
    addresses := net.lookup_ip_addr("a.example")
    others := net.lookup_ip_addr("b.example")
    msg := sprintf("%v %v", [addresses, others])
  }
  violation[{"msg": "always"}] { true }`;

  function loaded(options: ClientOptions) {
    const client = createClient(options);
    expect(client.addTemplate(template("KA", `package x\n${rego}`)).ok).toBe(true);
    client.addConstraint(constraint("KA", "c"));
    return client;
  }

  const review = reviewOfObject(pod("web"));
  const options = { enforcementPoint: "gator.gatekeeper.sh" } as const;

  it("fails where a review answers at once, as a request that gets no answer", () => {
    expect(
      loaded({})
        .review(review, options)
        .results.map(({ msg }) => msg),
    ).toEqual(["always"]);
  });

  it("is answered by the host where the review may wait", async () => {
    const asked: unknown[] = [];
    const client = loaded({
      hostCall: (kind, name) => {
        asked.push([kind, name]);
        return Promise.resolve([`1.2.3.${asked.length}`]);
      },
    });
    const response = await client.settle((reviewer) => reviewer.review(review, options));
    expect(response.results.map(({ msg }) => msg)).toEqual(["always", '{"1.2.3.1"} {"1.2.3.2"}']);
    expect(asked).toEqual([
      ["net.lookup_ip_addr", "a.example"],
      ["net.lookup_ip_addr", "b.example"],
    ]);
  });

  it("that the host refuses is a builtin that fails", async () => {
    const client = loaded({ hostCall: () => Promise.reject(new Error("not allowed")) });
    const response = await client.settle((reviewer) => reviewer.review(review, options));
    expect(response.results.map(({ msg }) => msg)).toEqual(["always"]);
  });
});

it("ends an evaluation that takes longer than the review may", () => {
  const rego = `violation[{"msg": "x"}] {
    xs := numbers.range(1, 3000)
    count([1 | xs[_] + xs[_] + xs[_] == -1]) > 0
  }`;
  const nowNs = (): bigint => process.hrtime.bigint();
  const response = judge(rego, { timeoutMs: 50, options: { nowNs } });
  expect(response.results).toEqual([]);
  expect(response.errors).toMatchObject([{ code: "evaluation_failed", retryable: true }]);
  expect(response.errors[0]?.message).toMatch(/^KA\/c: .*eval_cancel_error/);
});

it("traces every constraint that is asked, where told to", () => {
  const client = createClient();
  client.addTemplate(template("KA", 'package x\nviolation[{"msg": "no"}] { input.review.name == "web" }'));
  client.addConstraint(constraint("KA", "a"));
  client.addConstraint(constraint("KA", "b", { match: { name: "other" } }));
  const options = { enforcementPoint: "gator.gatekeeper.sh", trace: true } as const;
  const { trace = "", results } = client.review(reviewOfObject(pod("web")), options);
  expect(results).toHaveLength(1);
  expect(trace).toContain("KA/b: does not match");
  expect(trace).toMatch(/KA\/a:\n(.*\n)*.*template:2 +.*Eval input\.review\.name = "web"/);
});

it.each([
  ["input.request.kind.kind", "`input.request` is never set for a template, use `input.review`"],
  ["input.object.metadata", "`input.object` is never set for a template, use `input.review.object`"],
  ["input.params.labels", "`input.params` is never set for a template, use `input.parameters`"],
  ["input.x", "`input.x` is never set for a template, use `input.review` and `input.parameters`"],
  ["input.review.object", undefined],
  ["input.parameters.labels", undefined],
  ["input[name]", undefined],
  ["data.inventory.request", undefined],
])("tells of references that never have a value, where they stand: %s", (ref, message) => {
  const client = createClient();
  const violation = `violation[{"msg": "no"}] {\n  name := "review"; name != ""\n  ${ref} == "Pod"\n}`;
  const added = client.addTemplate(template("KA", `package x\n${violation}`));
  expect(added.ok).toBe(true);
  const [{ hints } = { hints: [] }] = client.templates();
  expect(hints.map(({ location, ...hint }) => [location.row, location.col, hint.message])).toEqual(
    message === undefined ? [] : [[4, 3, message]],
  );
});
