import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpAnswer } from "../builtins/http/response.ts";
import type { HttpPlan } from "../builtins/http/plan.ts";
import type { Value } from "../value/value.ts";
import { allowedHosts } from "./addresses.ts";
import { httpHost, type HttpHostOptions } from "./http-host.ts";

let server: Server;
let origin: string;
let hits = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    hits++;
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://server");
    if (pathname === "/to") response.writeHead(302, { location: searchParams.get("url") ?? "/" }).end();
    else if (pathname === "/long") response.end("x".repeat(5_000));
    else if (pathname === "/slow") setTimeout(() => response.end("late"), 2_000).unref();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(request.headers));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

async function send(
  url: string,
  options: Partial<HttpHostOptions> = {},
  plan: Partial<HttpPlan> = {},
): Promise<HttpAnswer> {
  const request: HttpPlan = {
    method: "GET",
    url,
    headers: {},
    body: null,
    followRedirects: false,
    timeoutNs: null,
    retries: 0,
    tls: {},
    cache: null,
    ...plan,
  };
  return (await httpHost({ allow: ["127.0.0.1"], ...options })(
    request as unknown as Value,
  )) as unknown as HttpAnswer;
}

describe("where requests may go", () => {
  it("lets a listed address answer", async () => {
    expect(await send(`${origin}/`)).toMatchObject({ status: "200 OK", statusCode: 200 });
  });

  it("refuses every host that is not listed", async () => {
    expect(await send(origin, { allow: [] })).toEqual({
      error: "disallowed host: 127.0.0.1",
      isNetwork: false,
    });
  });

  it("refuses a listed name that resolves to an internal address", async () => {
    const answer = await send(origin.replace("127.0.0.1", "good.example"), {
      allow: ["good.example"],
      resolve: async () => ["127.0.0.1"],
    });
    expect(answer).toEqual({ error: "disallowed address of good.example: 127.0.0.1", isNetwork: false });
  });

  it("connects a listed name to an internal address that is listed too", async () => {
    const answer = await send(origin.replace("127.0.0.1", "good.example"), {
      allow: ["good.example", "127.0.0.0/8"],
      resolve: async () => ["127.0.0.1"],
    });
    expect(answer).toMatchObject({ statusCode: 200 });
  });

  it("checks each redirect", async () => {
    const url = `${origin}/to?url=${encodeURIComponent("http://169.254.169.254/secret")}`;
    expect(await send(url, {}, { followRedirects: true })).toEqual({
      error: "disallowed host: 169.254.169.254",
      isNetwork: false,
    });
    expect(await send(url)).toMatchObject({ statusCode: 302 });
  });

  it.each([
    ["example.com", "example.com", true],
    ["example.com", "www.example.com", false],
    ["*.example.com", "www.example.com", true],
    ["*.example.com", "example.com", false],
    ["*.example.com", "badexample.com", false],
    ["10.0.0.0/8", "10.1.2.3", true],
    ["EXAMPLE.com", "example.COM.", true],
  ])("list %s, name %s: %s", (entry, name, expected) => {
    expect(allowedHosts([entry]).allowsName(name)).toBe(expected);
  });
});

describe("bounds", () => {
  it("ends a request at its timeout", async () => {
    const answer = await send(`${origin}/slow`, {}, { timeoutNs: "50000000" });
    expect(answer).toEqual({ error: `Get ${origin}/slow: request timed out`, isNetwork: true });
  });

  it("refuses a body that is too long", async () => {
    expect(await send(`${origin}/long`, { maxBodyBytes: 100 })).toMatchObject({ isNetwork: true });
  });

  it.each(["tls_ca_cert_file", "tls_ca_cert_env_variable", "tls_insecure_skip_verify"])(
    "keeps %s switched off",
    async (name) => {
      const tls = { [name]: name === "tls_insecure_skip_verify" ? true : "x" };
      expect(await send("https://127.0.0.1:1/", {}, { tls })).toEqual({
        error: `${name} is not switched on`,
        isNetwork: false,
      });
    },
  );
});

it("keeps a response as long as the policy wants it", async () => {
  const host = httpHost({ allow: ["127.0.0.1"], now: () => 1_000 });
  const plan = {
    method: "GET",
    url: origin,
    headers: {},
    body: null,
    followRedirects: false,
    timeoutNs: null,
    retries: 0,
  };
  const request = { ...plan, tls: {}, cache: { key: "k", forceSeconds: 60 } } as unknown as Value;
  const before = hits;
  await host(request);
  await host(request);
  expect(hits - before).toBe(1);
});
