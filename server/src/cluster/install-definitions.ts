import { objectAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import { isAlreadyExists, isConflict, isNotFound } from "@portcullis/engine/cluster";
import type { KubeApi, Resource } from "@portcullis/engine/cluster";
import { equals } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";

/** What became of a CustomResourceDefinition. */
export type InstallOutcome = "created" | "updated" | "unchanged";

const DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};
const ATTEMPTS = 5;

/**
 * Brings a CustomResourceDefinition into a cluster, or an older one to its state. Labels and annotations that others have
 * put on it stay, and so do all objects of its kind. Rejects with the API server's words where it refuses.
 */
export async function installDefinition(api: KubeApi, wanted: PlainObject): Promise<InstallOutcome> {
  const { name } = objectMeta(wanted);
  for (let attempt = 1; ; attempt++) {
    const read = await api.get(DEFINITIONS, { name });
    if (!read.ok && !isNotFound(read.error)) throw new Error(`${name}: ${read.error.message}`);
    const next = read.ok ? updated(read.value, wanted) : wanted;
    if (read.ok && equals(next, read.value)) return "unchanged";
    const written = await (read.ok ? api.replace(DEFINITIONS, next) : api.create(DEFINITIONS, next));
    if (written.ok) return read.ok ? "updated" : "created";
    // Somebody else wrote in between: look again.
    const raced = isConflict(written.error) || isAlreadyExists(written.error);
    if (!raced || attempt === ATTEMPTS) throw new Error(`${name}: ${written.error.message}`);
  }
}

function updated(found: PlainObject, wanted: PlainObject): PlainObject {
  const both = (field: string): PlainObject => ({
    ...objectAt(found, "metadata", field),
    ...objectAt(wanted, "metadata", field),
  });
  const metadata = {
    ...objectAt(found, "metadata"),
    labels: both("labels"),
    annotations: both("annotations"),
  };
  // The API server leaves out what is false, and adds how versions are converted.
  const { preserveUnknownFields: _, ...spec } = objectAt(wanted, "spec") as PlainObject;
  const conversion = valueAt(found, "spec", "conversion");
  const isPlain = textAt(found, "spec", "conversion", "strategy") === "None";
  return { ...found, metadata, spec: isPlain ? { ...spec, conversion: conversion as Value } : spec };
}
