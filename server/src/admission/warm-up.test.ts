import { createClient } from "@portcullis/engine";
import { constraint, template } from "@portcullis/engine/testing";
import { expect, it } from "vitest";
import { warmUp } from "./warm-up.ts";

it("runs every policy, and calls nobody outside", async () => {
  const seen: string[] = [];
  const client = createClient({
    onPrint: (line) => seen.push(line),
    hostCall: () => Promise.reject(new Error("somebody was called")),
  });
  const rego = `package p
violation[{"msg": "x"}] { print(input.review.kind.kind); http.send({"method": "get", "url": "http://localhost"}) }`;
  expect(client.addTemplate(template("KA", rego)).ok).toBe(true);
  expect(client.addConstraint(constraint("KA", "c")).ok).toBe(true);
  await warmUp(client);
  expect(new Set(seen)).toEqual(new Set(["Pod", "Deployment", "Service", "Ingress"]));
});

it("ends in time, whatever a policy does", async () => {
  const client = createClient({ nowNs: () => process.hrtime.bigint() });
  const rego = `package p
violation[{"msg": "x"}] { numbers.range(1, 100000)[i] == numbers.range(1, 100000)[j] + 0.5 }`;
  expect(client.addTemplate(template("KA", rego)).ok).toBe(true);
  expect(client.addConstraint(constraint("KA", "c")).ok).toBe(true);
  await warmUp(client);
});
