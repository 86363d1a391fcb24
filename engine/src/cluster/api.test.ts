import { Decimal, parseJson } from "@portcullis/interpreter";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import { createKubeApi } from "./api.ts";
import type { KubeApi } from "./api.ts";
import { isAlreadyExists, isConflict, isNotFound, isTooLong } from "./kube-error.ts";
import type { KubeResult } from "./kube-error.ts";
import { plainConnection } from "./plain-connection.ts";

const WIDGETS = {
  group: "example.com",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
  hasStatus: true,
};
const PODS = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
const NAME = { namespace: "default", name: "w" };

const widget = (spec = {}) => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { ...NAME },
  spec,
});

let server: FakeApiServer;
let api: KubeApi;

beforeEach(async () => {
  server = await createFakeApiServer({ resources: [WIDGETS, PODS] });
  api = createKubeApi({ connection: plainConnection({ server: server.url }), userAgent: "test" });
});

afterEach(async () => {
  await api.close();
  await server.stop();
});

function valueOf<T>(result: KubeResult<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function errorOf(result: KubeResult<unknown>) {
  if (result.ok) throw new Error("the call succeeded");
  return result.error;
}

describe("objects", () => {
  it("keep every field and every digit, both ways", async () => {
    const parsed = parseJson(
      '{"big":9007199254740993,"huge":123456789012345678901234567890,"__proto__":{"x":1}}',
    );
    const spec = parsed.ok ? parsed.value : null;
    const made = valueOf(await api.create(WIDGETS, { ...widget(), spec }));
    expect(made["spec"]).toEqual(spec);
    expect(server.get(WIDGETS, NAME)?.["spec"]).toEqual(spec);
    const read = valueOf(await api.get(WIDGETS, NAME));
    expect(read["spec"]).toEqual(spec);
    expect((read["spec"] as { big: unknown }).big).toBeInstanceOf(Decimal);
    expect((read["metadata"] as { creationTimestamp: unknown }).creationTimestamp).toBe(
      "2024-01-01T00:00:00Z",
    );
  });

  it("are written under the lock of their resourceVersion", async () => {
    const made = valueOf(await api.create(WIDGETS, widget({ size: 1 })));
    valueOf(await api.replace(WIDGETS, { ...made, spec: { size: 2 } }));
    const late = errorOf(await api.replace(WIDGETS, { ...made, spec: { size: 3 } }));
    expect([isConflict(late), isAlreadyExists(late), late.retryable]).toEqual([true, false, false]);
    expect(server.get(WIDGETS, NAME)?.["spec"]).toEqual({ size: 2 });
  });

  it("are made once", async () => {
    valueOf(await api.create(WIDGETS, widget()));
    const again = errorOf(await api.create(WIDGETS, widget()));
    expect([isAlreadyExists(again), isConflict(again)]).toEqual([true, false]);
  });

  it("are patched: merged, deleted by null", async () => {
    valueOf(await api.create(WIDGETS, widget({ size: 1, colour: "red" })));
    const patched = valueOf(await api.mergePatch(WIDGETS, NAME, { spec: { size: 2, colour: null } }));
    expect(patched["spec"]).toEqual({ size: 2 });
  });

  it("are applied: made where absent", async () => {
    const options = { fieldManager: "test", force: true };
    valueOf(await api.apply(WIDGETS, widget({ size: 1 }), options));
    const applied = valueOf(await api.apply(WIDGETS, widget({ size: 2 }), options));
    expect(applied["spec"]).toEqual({ size: 2 });
    expect(server.calls.map(({ method, query }) => [method, query.toString()])).toEqual([
      ["PATCH", "fieldManager=test&force=true"],
      ["PATCH", "fieldManager=test&force=true"],
    ]);
  });

  it("have their status written through the subresource alone", async () => {
    const made = valueOf(await api.create(WIDGETS, { ...widget({ size: 1 }), status: { ready: false } }));
    expect(made["status"]).toBeUndefined();
    const changed = { ...made, spec: { size: 2 }, status: { ready: true } };
    const written = valueOf(await api.replace(WIDGETS, changed, { subresource: "status" }));
    expect([written["spec"], written["status"]]).toEqual([{ size: 1 }, { ready: true }]);
  });

  it("are deleted only while they are what the caller thinks", async () => {
    valueOf(await api.create(WIDGETS, widget()));
    const other = errorOf(await api.delete(WIDGETS, NAME, { preconditions: { uid: "another" } }));
    expect(isConflict(other)).toBe(true);
    valueOf(await api.delete(WIDGETS, NAME));
    expect(isNotFound(errorOf(await api.delete(WIDGETS, NAME)))).toBe(true);
  });

  it("of a list say their kind, also where the server leaves it out", async () => {
    server.put({ apiVersion: "v1", kind: "Pod", metadata: NAME });
    const page = valueOf(await api.list(PODS));
    expect(page.items).toMatchObject([{ apiVersion: "v1", kind: "Pod", metadata: NAME }]);
  });

  it("come in pages that show one state", async () => {
    for (const name of ["a", "b", "c"]) server.put({ ...widget(), metadata: { ...NAME, name } });
    const first = valueOf(await api.list(WIDGETS, { limit: 2 }));
    expect([first.items.length, first.remainingItemCount]).toEqual([2, 1]);
    server.remove(WIDGETS, { ...NAME, name: "c" });
    const second = valueOf(await api.list(WIDGETS, { limit: 2, continue: first.continue ?? "" }));
    expect(second.items).toMatchObject([{ metadata: { name: "c" } }]);
    expect([second.continue, second.resourceVersion]).toEqual([undefined, first.resourceVersion]);
  });
});

describe("calls", () => {
  it("are sent again where the server asks to wait for a short time", async () => {
    server.failNext({ kind: "status", code: 429, reason: "TooManyRequests", retryAfterSeconds: 0 });
    server.failNext({ kind: "status", code: 503, reason: "ServiceUnavailable", retryAfterSeconds: 0 });
    expect((await api.create(WIDGETS, widget())).ok).toBe(true);
    expect(server.calls).toHaveLength(3);
  });

  it("are sent again, once, when a read meets a dead connection; a write is not", async () => {
    server.failNext({ kind: "reset" });
    expect(isNotFound(errorOf(await api.get(WIDGETS, NAME)))).toBe(true);
    server.failNext({ kind: "reset" });
    const error = errorOf(await api.create(WIDGETS, widget()));
    expect(error).toMatchObject({ code: 0, reason: "ConnectionFailed", retryable: true });
  });

  it("end when the answer takes too long", async () => {
    server.failNext({ kind: "hang" });
    expect(errorOf(await api.get(WIDGETS, NAME, { timeoutMs: 20 }))).toMatchObject({ reason: "TimedOut" });
  });

  it("end when the caller says so", async () => {
    server.failNext({ kind: "hang" });
    const abort = new AbortController();
    const call = api.get(WIDGETS, NAME, { signal: abort.signal });
    abort.abort();
    expect(errorOf(await call)).toMatchObject({ reason: "Cancelled", retryable: false });
  });

  it("end with the API", async () => {
    server.failNext({ kind: "hang" });
    const call = api.get(WIDGETS, NAME);
    await api.close();
    expect(errorOf(await call)).toMatchObject({ reason: "Cancelled" });
  });

  it.each(["truncate", "garbage"] as const)("say what is wrong with an answer (%s)", async (kind) => {
    server.put(widget());
    server.failNext({ kind });
    server.failNext({ kind });
    const error = errorOf(await api.get(WIDGETS, NAME));
    expect(error.reason).toBe(kind === "garbage" ? "MalformedAnswer" : "ConnectionFailed");
  });

  it("cannot leave their path through a name", async () => {
    for (const name of ["a/b", "a?b", "ü", "%2e%2e", "...", "#"]) {
      expect(isNotFound(errorOf(await api.get(WIDGETS, { namespace: "default", name })))).toBe(true);
    }
    for (const name of ["..", "."]) {
      expect(errorOf(await api.get(WIDGETS, { namespace: "default", name })).reason).toBe("BadRequest");
      expect(errorOf(await api.list(WIDGETS, { namespace: name })).reason).toBe("BadRequest");
    }
    const below = "/apis/example.com/v1/namespaces/default/widgets/";
    expect(server.calls.every(({ path }) => path.startsWith(below))).toBe(true);
  });
});

describe("discovery", () => {
  it("finds the kinds of every group, and their versions", async () => {
    const found = valueOf(await api.discover());
    const kinds = found.resources.map(({ group, version, kind, hasStatus }) => [
      group,
      version,
      kind,
      hasStatus,
    ]);
    expect(kinds).toContainEqual(["example.com", "v1", "Widget", true]);
    expect(kinds).toContainEqual(["", "v1", "Pod", false]);
    expect(found.preferredVersions.get("example.com")).toBe("v1");
  });

  it("says which groups do not answer", async () => {
    for (let i = 0; i < 2; i++) {
      server.failNext({ kind: "status", code: 500, reason: "InternalError" }, ({ path }) =>
        path.endsWith("/example.com/v1"),
      );
    }
    const found = valueOf(await api.discover());
    expect(found.unavailable).toEqual(["example.com/v1"]);
  });

  it("knows one group version, or that there is none", async () => {
    expect(valueOf(await api.resourcesIn("example.com", "v1"))).toMatchObject([{ kind: "Widget" }]);
    expect(isNotFound(errorOf(await api.resourcesIn("example.com", "v2")))).toBe(true);
  });
});

describe("versions", () => {
  it("are listed page by page, as the objects are", async () => {
    for (const name of ["a", "b", "c"]) server.put({ ...widget(), metadata: { namespace: "default", name } });
    const first = valueOf(await api.listVersions(WIDGETS, { limit: 2 }));
    const rest = valueOf(await api.listVersions(WIDGETS, { limit: 2, continue: first.continue ?? "" }));
    const objects = valueOf(await api.list(WIDGETS)).items;
    expect(first.remainingItemCount).toBe(1);
    expect([...first.items, ...rest.items]).toEqual(
      objects.map(({ metadata }) => {
        const { namespace, name, resourceVersion } = metadata as Record<string, unknown>;
        return { namespace, name, resourceVersion };
      }),
    );
  });

  it("and texts are refused as lists are", async () => {
    server.unserve(WIDGETS);
    expect(isNotFound(errorOf(await api.listVersions(WIDGETS)))).toBe(true);
    expect(isNotFound(errorOf(await api.listText(WIDGETS)))).toBe(true);
  });

  it("and texts that are longer than wanted are not read to their end", async () => {
    server.put(widget());
    const whole = valueOf(await api.listText(WIDGETS)).byteLength;
    expect((await api.listText(WIDGETS, { maxBytes: whole })).ok).toBe(true);
    const error = errorOf(await api.listText(WIDGETS, { maxBytes: whole - 1 }));
    expect([isTooLong(error), error.retryable]).toEqual([true, false]);
    expect(isTooLong(errorOf(await api.listVersions(WIDGETS, { maxBytes: 10 })))).toBe(true);
    expect((await api.listText(WIDGETS)).ok).toBe(true);
  });

  it("that cannot be read are a malformed answer", async () => {
    server.failNext({ kind: "garbage" });
    expect(errorOf(await api.listVersions(WIDGETS)).reason).toBe("MalformedAnswer");
  });
});

it("counts the requests it has sent, repeated ones too", async () => {
  server.put(widget());
  await api.get(WIDGETS, NAME);
  server.failNext({ kind: "reset" });
  await api.get(WIDGETS, NAME);
  expect(api.requests).toBe(3);
});
