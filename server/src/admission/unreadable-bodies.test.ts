import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { podRequest, testApp } from "../testing/test-app.ts";

const { app, reviews } = testApp();
const json = { "content-type": "application/json" };
const post = async (payload: string | Buffer, headers: Record<string, string> = json, url = "/v1/admit") => {
  const answer = await app.inject({ method: "POST", url, headers, payload });
  return { http: answer.statusCode, body: JSON.parse(answer.body) };
};
const review = (request: unknown, over = {}) =>
  JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request, ...over });

describe("bodies that hold no question", () => {
  it.each([
    ["nothing", "", json, 400, "request body is empty"],
    ["no content type", "{}", {}, 400, "contentType=, expected application/json"],
    [
      "a parameter",
      "{}",
      { "content-type": "application/json; charset=utf-8" },
      400,
      "contentType=application/json;",
    ],
    [
      "a strange content type",
      "{}",
      { "content-type": "a;;b" },
      400,
      "contentType=a;;b, expected application/json",
    ],
    ["no JSON", "{", json, 400, "unexpected EOF"],
    ["a list", "[]", json, 400, "must be a JSON object"],
    [
      "another kind",
      '{"apiVersion":"v1","kind":"Pod"}',
      json,
      400,
      'no kind "Pod" is registered for version "v1"',
    ],
    ["an unknown version", review({}, { apiVersion: "admission.k8s.io/v2" }), json, 400, "no kind"],
  ])("%s", async (_, payload, headers, code, message) => {
    const { http, body } = await post(payload, headers);
    expect(http).toBe(200);
    expect(Object.keys(body)).toEqual(["response"]);
    expect(body.response).toMatchObject({ uid: "", allowed: false, status: { code } });
    expect(body.response.status.message).toContain(message);
  });

  it.each([
    ["no request", {}],
    ["a request of the wrong type", { request: 5 }],
    ["a field of the wrong type", { request: { uid: "u", kind: { group: 5 } } }],
    ["a user of the wrong type", { request: { uid: "u", userInfo: { groups: "all" } } }],
  ])("%s is answered in the question's version", async (_, over: object) => {
    const { body } = await post(review(undefined, { ...over, apiVersion: "admission.k8s.io/v1beta1" }));
    expect(body).toMatchObject({ apiVersion: "admission.k8s.io/v1beta1", kind: "AdmissionReview" });
    expect(body.response).toMatchObject({ allowed: false, status: { code: 400 } });
  });
});

describe("sizes", () => {
  const filled = (size: number) => {
    const empty = review(podRequest({ options: { x: "" } }));
    return empty.replace('"x":""', `"x":"${"x".repeat(size - empty.length)}"`);
  };

  it("reads 7 MiB", async () => {
    expect((await post(filled(7_340_032))).body.response).toMatchObject({ uid: "u-1", allowed: true });
  });

  it("refuses one byte more with 413", async () => {
    expect((await post(filled(7_340_033))).body.response.status).toMatchObject({
      code: 413,
      message: "request entity is too large; limit is 7340032 bytes",
    });
  });

  it("refuses great depth without a crash", async () => {
    const deep = `{"request":{"object":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}}`;
    expect((await post(deep)).body.response.status).toMatchObject({
      code: 400,
      message: "exceeded max depth",
    });
  });
});

describe("what other servers stumble over", () => {
  it("hands on __proto__, constructor, long numbers and the last of duplicate keys", async () => {
    const request = JSON.stringify(podRequest()).replace(
      '"object":{',
      '"object":{"__proto__":{"a":1},"constructor":{"prototype":1},"n":12345678901234567890,"d":1,"d":2,',
    );
    const { body } = await post(`{"request":${request}}`);
    expect(body).toMatchObject({ apiVersion: "admission.k8s.io/v1", response: { allowed: true } });
    const object = reviews.at(-1)?.request.object as Record<string, unknown>;
    expect(Object.keys(object).slice(0, 4)).toEqual(["__proto__", "constructor", "n", "d"]);
    expect(object.n).toHaveProperty("text", "12345678901234567890");
    expect(object.d).toBe(2);
  });

  it("ignores the query string", async () => {
    expect((await post(review(podRequest()), json, "/v1/admit?timeout=3s")).body.response.allowed).toBe(true);
  });

  it.each(["PUT", "PATCH", "DELETE", "OPTIONS"] as const)(
    "reads the question whatever the method: %s",
    async (method) => {
      const answer = await app.inject({
        method,
        url: "/v1/admit",
        headers: json,
        payload: review(podRequest()),
      });
      expect(JSON.parse(answer.body)).toMatchObject({ response: { uid: "u-1", allowed: true } });
    },
  );

  it("answers 404 elsewhere", async () => {
    expect(
      (await app.inject({ method: "POST", url: "/v1/other", headers: json, payload: "{}" })).statusCode,
    ).toBe(404);
  });
});

describe("every body gets an AdmissionReview back", () => {
  const typesOf = async (payload: string | Buffer, headers?: Record<string, string>) => {
    const { http, body } = await post(payload, headers);
    const { allowed, uid, status } = body.response;
    return [http, typeof allowed, typeof uid, typeof status.code];
  };
  const wanted = [200, "boolean", "string", "number"];

  it("for any bytes", async () => {
    const type = fc.oneof(fc.constant("application/json"), fc.stringMatching(/^[\x20-\x7e]{0,20}$/));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), type, async (bytes, contentType) => {
        expect(await typesOf(Buffer.from(bytes), { "content-type": contentType })).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it("for any JSON in place of each field", async () => {
    const fields = [
      "uid",
      "kind",
      "name",
      "namespace",
      "operation",
      "userInfo",
      "object",
      "oldObject",
      "dryRun",
    ];
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("", "DELETE", "CONNECT", null, {}, []));
    const group = fc
      .constantFrom("templates", "constraints", "config")
      .map((name) => `${name}.gatekeeper.sh`);
    const request = fc
      .tuple(fc.dictionary(fc.constantFrom(...fields), value), fc.option(group))
      .map(([over, own]) =>
        podRequest({
          ...(own === null ? {} : { kind: { group: own, version: "v1", kind: "Config" } }),
          ...(over as object),
        }),
      );
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, value), async (question) => {
        expect(await typesOf(review(question))).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });
});
