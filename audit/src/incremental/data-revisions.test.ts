import { createClient } from "@portcullis/engine";
import { expect, it } from "vitest";
import { DataRevisions } from "./data-revisions.ts";

const ALL = [{}];
const SERVICES = [{ kind: "Service" }];
const PODS = [{ groupVersion: "v1", kind: "Pod" }, { kind: "Nothing" }];

it("counts for each kind when it changed last", () => {
  const client = createClient();
  const data = new DataRevisions();
  const object = (kind: string, namespace?: string) => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "x", ...(namespace !== undefined && { namespace }) },
  });
  const revisions = () => {
    data.advance(client.inventory());
    return [ALL, SERVICES, PODS, []].map((reads) => data.of(reads));
  };
  expect(revisions()).toEqual([0, 0, 0, 0]);
  client.addData(object("Service", "a"));
  expect(revisions()).toEqual([2, 2, 0, 0]);
  expect(revisions()).toEqual([2, 2, 0, 0]);
  client.addData(object("Pod"));
  expect(revisions()).toEqual([3, 2, 3, 0]);
  client.removeData(object("Service", "a"));
  expect(revisions()).toEqual([4, 4, 3, 0]);
  client.wipeData();
  expect(revisions()).toEqual([5, 4, 5, 0]);
});
