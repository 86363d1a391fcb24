import fc from "fast-check";
import { expect, it } from "vitest";
import { packViolations, unpackViolations } from "./packed-violations.ts";
import type { PackedConstraint } from "./packed-violations.ts";
import { statusMessage } from "./status-message.ts";
import type { ViolatedConstraint, Violation } from "./violation.ts";

/** Any text, and more often than by chance what could be taken for the marks between fields. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", "b", "\u001e", "\u001f", "\ud800", "😀", '"', "\\", "{", " ") }),
);

const constraints: readonly ViolatedConstraint[] = ["c", "d"].map((name) => ({
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "K8sTest",
  name,
  annotations: '{"a":"b"}',
}));

const about = fc.record({
  group: text,
  version: text,
  kind: text,
  namespace: text,
  name: text,
});

const found = fc.array(
  fc.record({
    id: fc.stringMatching(/^[0-9a-f]{16}$/),
    constraint: fc.constantFrom(...constraints),
    // Nobody checks them where that is switched off.
    action: fc.constantFrom("deny", "scoped", "deny warn"),
    actions: fc.constantFrom([], ["deny"], ["warn", "deny"], ["warn deny"]),
    message: text,
    details: fc.json(),
  }),
  { maxLength: 4 },
);

const object = fc.record({ labels: fc.json(), uid: text, resourceVersion: text });

it("violations are unpacked as they were packed, whatever is in their texts", () => {
  fc.assert(
    fc.property(about, object, found, (place, of, list) => {
      const { namespace, ...rest } = place;
      const violations = list.map(({ id, constraint, action, actions, message, details }): Violation => ({
        id,
        constraint,
        status: {
          ...rest,
          ...(namespace === "" ? {} : { namespace }),
          message: statusMessage(message),
          enforcementAction: action,
          ...(action === "scoped" ? { enforcementActions: actions } : {}),
        },
        message,
        details,
        actions,
        object: of,
      }));
      const met = new Map<string, PackedConstraint>();
      const packed = packViolations(violations, met);
      expect(unpackViolations(packed, place, met)).toEqual(violations);
    }),
    { numRuns: 500 },
  );
});

it("violations of two objects share their constraints", () => {
  const met = new Map<string, PackedConstraint>();
  const [constraint] = constraints as [ViolatedConstraint];
  const pack = (name: string): string =>
    packViolations(
      [
        {
          id: "0123456789abcdef",
          constraint,
          status: { group: "", version: "v1", kind: "Pod", name, message: name, enforcementAction: "deny" },
          message: name,
          details: "{}",
          actions: ["deny"],
          object: { labels: "{}", uid: "", resourceVersion: "1" },
        },
      ],
      met,
    );
  const place = { group: "", version: "v1", kind: "Pod", namespace: "" };
  const all = ["p", "q"].flatMap((name) => [...unpackViolations(pack(name), { ...place, name }, met)]);
  expect(met.size).toBe(1);
  expect(all.map((each) => each.constraint === constraint && each.message)).toEqual(["p", "q"]);
});
