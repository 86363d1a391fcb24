import { equals } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, objectAt, textAt, valueAt } from "../../kubernetes/object-meta.ts";
import { isAlreadyExists, isConflict } from "../kube-error.ts";
import type { KubeError } from "../kube-error.ts";
import { createWorkQueue, RECONCILED } from "../work-queue.ts";
import type { Reconciled, WorkQueue } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { CrdWatch } from "./crd-watch.ts";
import { CONSTRAINT_TEMPLATES, CUSTOM_RESOURCE_DEFINITIONS } from "./own-kinds.ts";
import { told } from "./pod-statuses.ts";

/** What a template's CRD failed for; undefined when the API server has it. */
export interface CrdFailure {
  readonly code: "create_error" | "update_error";
  readonly message: string;
}

export interface ConstraintCrdsOptions {
  readonly context: ControllerContext;
  readonly crds: CrdWatch;
  readonly onOutcome: (template: string, failure: CrdFailure | undefined) => void;
}

/** Creates and updates the CRDs of templates: the work of `--operation=generate` alone. */
export class ConstraintCrds {
  readonly #options: ConstraintCrdsOptions;
  readonly #queue: WorkQueue;
  /** The CRDs that templates want, by the CRD's name. */
  readonly #wanted = new Map<string, { readonly template: PlainObject; readonly crd: PlainObject }>();

  constructor(options: ConstraintCrdsOptions) {
    this.#options = options;
    this.#queue = createWorkQueue({
      reconcile: (name) => this.#reconcile(name),
      concurrency: 4,
      onFailure: ({ key, message }) =>
        options.context.log.error("could not bring a constraint CRD about", { crd: key, error: message }),
    });
    // Also puts back what somebody deletes or changes by hand.
    options.crds.onChange((name) => {
      if (this.#wanted.has(name)) this.#queue.add(name);
    });
  }

  want(template: PlainObject, crd: PlainObject): void {
    const name = textAt(crd, "metadata", "name");
    this.#wanted.set(name, { template, crd: owned(crd, template) });
    this.#queue.add(name);
  }

  /** The template is gone: its CRD, which it owns, goes with it by garbage collection. */
  forget(template: string): void {
    for (const [name, wanted] of this.#wanted) {
      if (textAt(wanted.template, "metadata", "name") === template) this.#wanted.delete(name);
    }
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #reconcile(name: string): Promise<Reconciled> {
    const { crds } = this.#options;
    // Before the first list nobody can tell whether the CRD is there.
    await crds.whenListed();
    const wanted = this.#wanted.get(name);
    if (!wanted) return RECONCILED;
    const found = crds.get(name);
    const failure = found ? await this.#update(found, wanted.crd) : await this.#create(wanted.crd);
    this.#options.onOutcome(textAt(wanted.template, "metadata", "name"), failure);
    return failure ? { ok: false, message: failure.message } : RECONCILED;
  }

  async #create(crd: PlainObject): Promise<CrdFailure | undefined> {
    const created = await this.#options.context.api.create(CUSTOM_RESOURCE_DEFINITIONS, crd);
    // Somebody was faster: the watch tells what it is, and this runs again.
    if (created.ok || isAlreadyExists(created.error)) return undefined;
    return failed("create_error", "Could not create CRD", created.error);
  }

  async #update(found: PlainObject, wanted: PlainObject): Promise<CrdFailure | undefined> {
    const spec = valueAt(wanted, "spec") as Value;
    if (equals(comparable(found), comparable(wanted)) && isOwnedBy(found, wanted)) return undefined;
    const metadata = {
      ...objectAt(found, "metadata"),
      ownerReferences: valueAt(wanted, "metadata", "ownerReferences") as Value,
    };
    const replaced = await this.#options.context.api.replace(CUSTOM_RESOURCE_DEFINITIONS, {
      ...found,
      metadata,
      spec,
    });
    // A conflict means that the watch is about to bring a newer state.
    if (replaced.ok || isConflict(replaced.error)) return undefined;
    return failed("update_error", "Could not update CRD", replaced.error);
  }
}

function failed(code: CrdFailure["code"], prefix: string, error: KubeError): CrdFailure {
  return { code, message: `${prefix}: ${told(error)}` };
}

/** The template owns its CRD: deleting the one deletes the other, and all constraints with it. */
function owned(crd: PlainObject, template: PlainObject): PlainObject {
  const owner = {
    apiVersion: `${CONSTRAINT_TEMPLATES.group}/${CONSTRAINT_TEMPLATES.version}`,
    kind: CONSTRAINT_TEMPLATES.kind,
    name: textAt(template, "metadata", "name"),
    uid: textAt(template, "metadata", "uid"),
    controller: true,
    blockOwnerDeletion: true,
  };
  return { ...crd, metadata: { ...objectAt(crd, "metadata"), ownerReferences: [owner] } };
}

function isOwnedBy(found: PlainObject, wanted: PlainObject): boolean {
  const owner = (crd: PlainObject): string => textAt(listAt(crd, "metadata", "ownerReferences")[0], "uid");
  return owner(found) === owner(wanted);
}

/** The spec without what the API server adds and leaves out. */
function comparable(crd: PlainObject): PlainObject {
  const { conversion: _, preserveUnknownFields: __, ...spec } = objectAt(crd, "spec") ?? {};
  return spec;
}
