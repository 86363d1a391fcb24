import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { metadataListBytes } from "../testing/fake-api-server/metadata-list.ts";
import { versionsPage } from "./versions-page.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf";

const item = fc.record({
  metadata: fc.record({
    name: fc.string({ minLength: 1, unit: "grapheme" }),
    namespace: fc.string(),
    resourceVersion: fc.stringMatching(/^[0-9]{0,20}$/),
    labels: fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
    generation: fc.nat(),
  }),
});
const list = fc.record({
  metadata: fc.record({
    resourceVersion: fc.constant("7"),
    continue: fc.string(),
    remainingItemCount: fc.nat({ max: 10_000_000 }),
  }),
  items: fc.array(item),
});

test.prop([list])("a page says the same as protobuf and as JSON", (given) => {
  const bytes = Uint8Array.from(metadataListBytes(given));
  const json = new TextEncoder().encode(JSON.stringify(given));
  const { continue: next, remainingItemCount } = given.metadata;
  const expected = {
    items: given.items.map(({ metadata: { name, namespace, resourceVersion } }) => ({
      name,
      namespace,
      resourceVersion,
    })),
    ...(next !== "" && { continue: next }),
    ...(remainingItemCount > 0 && { remainingItemCount }),
  };
  expect(versionsPage({ type: PROTOBUF, bytes })).toEqual(expected);
  expect(versionsPage({ type: "application/json", bytes: json })).toEqual(expected);
});

describe("an answer that is none", () => {
  const whole = metadataListBytes({ items: [{ metadata: { name: "a", namespace: "b" } }] });

  it.each([
    ["cut off", whole.subarray(0, -1), "a field is cut off"],
    ["without an envelope", Buffer.from("nothing"), "no envelope"],
    ["of another wire type", Buffer.from("k8s\0\x0b"), "a field has the wire type 3"],
    ["that ends in a number", Buffer.from("k8s\0\x80", "latin1"), "a number is cut off"],
  ])("%s is told", (_what, bytes, why) => {
    expect(versionsPage({ type: PROTOBUF, bytes: Uint8Array.from(bytes) })).toBe(why);
  });

  it("is told where it is no JSON", () => {
    const bytes = new TextEncoder().encode("[]");
    expect(versionsPage({ type: "application/json", bytes })).toBe("no JSON object");
  });
});

test.prop([fc.uint8Array()])("no bytes make it throw", (bytes) => {
  const given = Uint8Array.from([...Buffer.from("k8s\0"), ...bytes]);
  versionsPage({ type: PROTOBUF, bytes: given });
});
