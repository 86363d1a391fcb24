import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { createClient } from "../create-client.ts";
import { namespace, pod } from "../testing/index.ts";
import { inventoryChanges } from "./inventory-changes.ts";

const object = fc.oneof(
  fc
    .record({ name: fc.constantFrom("a", "b", "__proto__"), label: fc.constantFrom("1", "2") })
    .map((each) => {
      return namespace(each.name, { label: each.label });
    }),
  fc
    .record({
      name: fc.constantFrom("a", "b"),
      namespace: fc.constantFrom("x", "y"),
      label: fc.constantFrom("1", "2"),
    })
    .map((each) => pod(each.name, { namespace: each.namespace, labels: { label: each.label } })),
);
const steps = fc.array(fc.record({ object, remove: fc.boolean() }));

test.prop([steps, steps])(
  "the changes between two states turn a copy of one into the other",
  (first, second) => {
    const client = createClient();
    const copy = createClient();
    const apply = ({ object, remove }: (typeof first)[number]): void => {
      if (remove) client.removeData(object);
      else client.addData(object);
    };
    let seen = client.inventory();
    for (const part of [first, second]) {
      part.forEach(apply);
      const { put, removed } = inventoryChanges(seen, client.inventory());
      for (const each of put) copy.addData(each);
      for (const each of removed) copy.removeData(each);
      seen = client.inventory();
      expect(copy.inventory()).toEqual(seen);
    }
    expect(inventoryChanges(seen, client.inventory())).toEqual({ put: [], removed: [] });
  },
);
