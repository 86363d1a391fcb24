import { isArray, isObject } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { syncedKinds } from "../../inventory/sync-selection.ts";
import type { GroupVersionKind } from "../../inventory/sync-selection.ts";
import { listAt, objectMeta, textAt, valueAt } from "../../kubernetes/object-meta.ts";
import { RequirementError, syncRequirements, templateName } from "./requirements.ts";
import type { Requirement } from "./requirements.ts";

/** What is wrong with the resources as a whole; the message is gator's. */
export class SyncError extends Error {
  override readonly name = "SyncError";
}

export interface SyncCheck {
  /** Requirements that no synchronised kind meets, by template. */
  readonly missing: ReadonlyMap<string, readonly Requirement[]>;
  /** Why a template's annotation cannot be read; nothing is checked then. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** What to tell besides, one line each. */
  readonly notes: readonly string[];
}

/**
 * Holds what templates need against what SyncSets and the Config synchronise (contract 11.5). Kinds that a GVKManifest does
 * not list count as not synchronised. Throws {@link SyncError}.
 */
export function checkSync(objects: readonly PlainObject[], omitManifest: boolean): SyncCheck {
  const { templates, syncSets, configs, manifests, others } = sorted(objects);
  if (configs.length > 1) throw new SyncError("multiple configs found; Config is a singleton resource");
  if (manifests.length > 1) {
    const rule = "please provide one manifest enumerating the GVKs supported by the cluster";
    throw new SyncError(`multiple GVK manifests found; ${rule}`);
  }
  const notes = others.map(
    (object) =>
      `skipping unstructured ${JSON.stringify(objectMeta(object).name)} because it is not a syncset, config, gvk manifest, or template`,
  );
  const { needs, unreadable } = requirementsOf(templates);
  if (unreadable.size > 0) return { missing: new Map(), unreadable, notes };
  for (const set of syncSets) demandList(set, "syncset", ["spec", "gvks"]);
  for (const config of configs) demandList(config, "config", ["spec", "sync", "syncOnly"]);
  const synced = syncedKinds({ config: configs[0], syncSets }).kinds;
  const [manifest] = manifests;
  if (!manifest && !omitManifest) {
    const rule = "please provide a manifest enumerating the GVKs supported by the cluster";
    throw new SyncError(`no GVK manifest found; ${rule}`);
  }
  if (!manifest) {
    const assumption = "will assume all synced GVKs are supported by cluster";
    notes.push(
      `ignoring absence of supported GVK manifest due to --force-omit-gvk-manifest flag; ${assumption}`,
    );
  }
  const served = manifest && new Set(servedKinds(manifest).map(keyOf));
  const present = new Set(synced.map(keyOf).filter((key) => served?.has(key) ?? true));
  const missing = new Map<string, readonly Requirement[]>();
  for (const [name, requirements] of needs) {
    const unmet = requirements.filter((one) => !one.some((kind) => present.has(keyOf(kind))));
    if (unmet.length > 0) missing.set(name, unmet);
  }
  return { missing, unreadable, notes };
}

interface Sorted {
  readonly templates: readonly PlainObject[];
  readonly syncSets: readonly PlainObject[];
  readonly configs: readonly PlainObject[];
  readonly manifests: readonly PlainObject[];
  readonly others: readonly PlainObject[];
}

function sorted(objects: readonly PlainObject[]): Sorted {
  const found = { templates: [], syncSets: [], configs: [], manifests: [], others: [] } as Record<
    keyof Sorted,
    PlainObject[]
  >;
  for (const object of objects) {
    const { group, kind } = objectMeta(object);
    found[SHELVES[`${group}/${kind}`] ?? "others"].push(object);
  }
  return found;
}

const SHELVES: Readonly<Record<string, keyof Sorted>> = {
  "templates.gatekeeper.sh/ConstraintTemplate": "templates",
  "syncset.gatekeeper.sh/SyncSet": "syncSets",
  "config.gatekeeper.sh/Config": "configs",
  "gvkmanifest.gatekeeper.sh/GVKManifest": "manifests",
};

function requirementsOf(templates: readonly PlainObject[]) {
  const needs = new Map<string, readonly Requirement[]>();
  const unreadable = new Map<string, string>();
  for (const template of templates) {
    const name = templateName(template);
    try {
      needs.set(name, syncRequirements(template));
    } catch (error) {
      if (!(error instanceof RequirementError)) throw error;
      unreadable.set(name, error.message);
    }
  }
  return { needs, unreadable };
}

function demandList(object: PlainObject, what: string, path: readonly string[]): void {
  const value = valueAt(object, ...path);
  if (value === undefined || value === null || isArray(value)) return;
  throw unfit(object, what, `${path.join(".")} has to be a list`);
}

/** `spec.groups`: group → version → kinds, or a list of groups with their versions. */
function servedKinds(manifest: PlainObject): readonly GroupVersionKind[] {
  const groups = valueAt(manifest, "spec", "groups") ?? {};
  const found: GroupVersionKind[] = [];
  const add = (group: string, version: string, kinds: Value): void => {
    if (!isArray(kinds)) throw unfit(manifest, "gvkmanifest", "the kinds of a version have to be a list");
    for (const kind of kinds) found.push({ group, version, kind: String(kind) });
  };
  if (isArray(groups)) {
    for (const group of groups) {
      for (const version of listAt(group, "versions"))
        add(textAt(group, "name"), textAt(version, "name"), valueAt(version, "kinds") ?? []);
    }
  } else if (isObject(groups)) {
    for (const group of Object.keys(groups)) {
      const versions = valueAt(groups, group) ?? {};
      if (!isObject(versions))
        throw unfit(manifest, "gvkmanifest", "the versions of a group have to be a map");
      for (const version of Object.keys(versions)) add(group, version, valueAt(versions, version) ?? []);
    }
  } else throw unfit(manifest, "gvkmanifest", "spec.groups has to be a map");
  return found;
}

function unfit(object: PlainObject, what: string, why: string): SyncError {
  const name = JSON.stringify(objectMeta(object).name);
  return new SyncError(`converting unstructured ${name} to ${what}: adding ${what}: ${why}`);
}

/** No part can hold a slash. */
function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}
