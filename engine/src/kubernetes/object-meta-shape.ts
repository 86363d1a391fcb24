import { INTEGER, listOf, mapOf, named, struct, TEXT } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** `metadata` of every Kubernetes object. */
export const OBJECT_META: Shape = struct("v1.ObjectMeta", {
  name: TEXT,
  generateName: TEXT,
  namespace: TEXT,
  selfLink: TEXT,
  uid: named("types.UID"),
  resourceVersion: TEXT,
  generation: INTEGER,
  creationTimestamp: TEXT,
  deletionTimestamp: TEXT,
  deletionGracePeriodSeconds: INTEGER,
  labels: mapOf(TEXT),
  annotations: mapOf(TEXT),
  ownerReferences: listOf(
    struct("v1.OwnerReference", {
      apiVersion: TEXT,
      kind: TEXT,
      name: TEXT,
      uid: named("types.UID"),
    }),
  ),
  finalizers: listOf(TEXT),
});
