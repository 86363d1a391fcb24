import { objectMeta, listAt, textAt, valueAt } from "@portcullis/engine";
import { isNotFound } from "@portcullis/engine/cluster";
import type { KubeApi, Resource } from "@portcullis/engine/cluster";
import { readManifests } from "@portcullis/engine/files";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { customResourceDefinitions } from "@portcullis/server";
import { expect } from "vitest";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, kubectl, OWN_NAMESPACE } from "../testbed/manager.ts";

/** How long to wait for what must come. */
export const PATIENCE_MS = 30_000;

/** Kinds whose status does not tell whether they are in force: Gatekeeper reports on a Config late, on a SyncSet never. */
const UNREPORTED = new Set(["SyncSet", "Config"]);

const CONSTRAINTS = "constraints.gatekeeper.sh";

/** The resource of one of Gatekeeper's kinds; undefined for every other kind. */
export function policyResource(object: PlainObject): Resource | undefined {
  const { group, version, kind } = objectMeta(object);
  if (group === CONSTRAINTS) return { group, version, kind, plural: kind.toLowerCase(), namespaced: false };
  const crd = customResourceDefinitions().find(
    (each) => textAt(each, "spec", "group") === group && textAt(each, "spec", "names", "kind") === kind,
  );
  if (crd === undefined) return undefined;
  const plural = textAt(crd, "spec", "names", "plural");
  return { group, version, kind, plural, namespaced: textAt(crd, "spec", "scope") === "Namespaced" };
}

/** The policies of a test in a cluster, applied by kubectl as a user does it. */
export class ClusterPolicies {
  readonly #plane: ControlPlane;
  readonly #api: KubeApi;
  readonly #applied: PlainObject[] = [];

  constructor(plane: ControlPlane, api: KubeApi) {
    this.#plane = plane;
    this.#api = api;
  }

  /** Applies a file or an object, old readmes' unknown fields included; until its kind is served, again and again, as users' scripts do it. */
  async apply(source: string | PlainObject): Promise<void> {
    const [file, input] = typeof source === "string" ? [source, ""] : ["-", JSON.stringify(source)];
    const where = (await holdsConfig(source)) ? ["-n", OWN_NAMESPACE] : [];
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const { code, stdout, stderr } = await this.#plane.kubectl(
        ["apply", "-o", "json", "--validate=warn", ...where, "-f", file],
        input,
      );
      if (code === 0) {
        const parsed = parseJson(stdout);
        const object = parsed.ok ? (parsed.value as PlainObject) : {};
        const items = textAt(object, "kind") === "List" ? listAt(object, "items") : [object];
        this.#applied.push(...(items as readonly PlainObject[]));
        return;
      }
      const kindIsMissing = /no matches for kind|could not find the requested resource/.test(stderr);
      if (!kindIsMissing || performance.now() > deadline)
        throw new Error(`kubectl apply -f ${file}: ${stderr}`);
      await pause(100);
    }
  }

  /** A namespaced object can only be made in a Namespace that exists. */
  async makeNamespaces(sources: readonly (string | PlainObject)[]): Promise<void> {
    const objects = await Promise.all(sources.map(objectsOf));
    const names = new Set(objects.flat().map((object) => objectMeta(object).namespace));
    for (const name of names) {
      if (name === "" || (await this.#plane.kubectl(["get", "namespace", name])).code === 0) continue;
      await apply(this.#plane, [{ apiVersion: "v1", kind: "Namespace", metadata: { name } }]);
    }
  }

  /** Waits until all pods have reported on the present state of everything applied. */
  async settled(): Promise<void> {
    for (const object of this.#applied) {
      const resource = policyResource(object);
      if (resource === undefined || UNREPORTED.has(resource.kind)) continue;
      await until(`reports on ${resource.kind} ${objectMeta(object).name}`, async () =>
        isReportedOn(await this.#read(resource, object)),
      );
    }
  }

  /** The text of the status of everything applied. */
  async statuses(): Promise<string> {
    const texts = this.#applied.map(async (object) => {
      const resource = policyResource(object);
      const found = resource && (await this.#read(resource, object));
      return JSON.stringify(found?.["status"] ?? {});
    });
    return (await Promise.all(texts)).join("\n");
  }

  /** Takes everything away again, constraint kinds included. Namespaces stay: they take long to go. */
  async removeAll(): Promise<void> {
    const namesOf = new Map<string, string[]>();
    for (const object of this.#applied.splice(0).toReversed()) {
      const { kind, name, namespace, group } = objectMeta(object);
      if (kind === "Namespace") continue;
      const type = policyResource(object)?.plural ?? kind.toLowerCase();
      const full = `${group === "" ? type : `${type}.${group}`}/${name}`;
      namesOf.set(namespace, [...(namesOf.get(namespace) ?? []), full]);
    }
    for (const [namespace, names] of namesOf) {
      const where = namespace === "" ? [] : ["-n", namespace];
      await this.#plane.kubectl([
        "delete",
        ...names,
        ...where,
        "--ignore-not-found",
        "--grace-period=0",
        "--force",
      ]);
    }
    await kubectl(this.#plane, ["delete", "crd", "-l", "gatekeeper.sh/constraint=yes", "--ignore-not-found"]);
  }

  async #read(resource: Resource, object: PlainObject): Promise<PlainObject | undefined> {
    const { name, namespace } = objectMeta(object);
    const found = await this.#api.get(resource, { name, namespace });
    if (found.ok) return found.value;
    if (isNotFound(found.error)) return undefined;
    throw new Error(found.error.message);
  }
}

/** The objects of a file or folder; an object is its own. */
export async function objectsOf(source: string | PlainObject): Promise<readonly PlainObject[]> {
  if (typeof source !== "string") return [source];
  return (await readManifests(source)).manifests.map(({ object }) => object);
}

/** A Config counts in Gatekeeper's namespace only; files leave it to the command line. */
async function holdsConfig(source: string | PlainObject): Promise<boolean> {
  const objects = await objectsOf(source);
  return objects.some(
    (object) => objectMeta(object).kind === "Config" && objectMeta(object).namespace === "",
  );
}

function isReportedOn(object: PlainObject | undefined): boolean {
  const generation = valueAt(object, "metadata", "generation");
  const reports = listAt(object, "status", "byPod");
  return (
    reports.length > 0 && reports.every((report) => valueAt(report, "observedGeneration") === generation)
  );
}

/** Asks again and again until the answer is yes; throws that it waited for `what` in vain. */
export async function until(what: string, check: () => Promise<boolean>, ms = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await pause(50);
  }
}

/** What is asked must come to be what is wanted; the failure shows the last answer. */
export async function eventually(ask: () => Promise<unknown>, wanted: object): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (performance.now() > deadline) return expect(answer).toMatchObject(wanted);
    try {
      return expect(answer).toMatchObject(wanted);
    } catch {
      await pause(100);
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
