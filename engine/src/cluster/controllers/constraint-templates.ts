import { equals } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { EngineError } from "../../errors.ts";
import { listAt, objectMeta, textAt, valueAt } from "../../kubernetes/object-meta.ts";
import { CONSTRAINT_TEMPLATE_STATUS } from "../pod-status.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ConstraintCrds, CrdFailure } from "./constraint-crds.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller, RefusedPolicy } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { CONSTRAINT_TEMPLATES } from "./own-kinds.ts";

export interface ConstraintTemplatesOptions {
  readonly context: ControllerContext;
  /** Where this process makes CRDs (`--operation=generate`). */
  readonly crds: ConstraintCrds | undefined;
  /** A template of that kind is in force, or another version of it. */
  readonly onLoaded: (kind: string) => void;
  readonly onGone: (kind: string) => void;
}

/**
 * Brings ConstraintTemplates into the engine, reports on each, and has their CRDs made. A version that is refused leaves
 * the former one in force; it is reported and not tried again, since only its author can mend it.
 */
export class ConstraintTemplates implements Controller {
  readonly #options: ConstraintTemplatesOptions;
  readonly kind: KindController;
  /** What the engine was given last, by name, and whether it took it. */
  readonly #given = new Map<
    string,
    { readonly object: PlainObject; readonly error: EngineError | undefined }
  >();

  constructor(options: ConstraintTemplatesOptions) {
    this.#options = options;
    this.kind = new KindController(options.context, {
      resource: CONSTRAINT_TEMPLATES,
      reconcile: (name, object) => (object ? this.#load(name, object) : this.#remove(name)),
    });
  }

  start(): void {
    this.kind.start();
  }

  stop(): Promise<void> {
    return this.kind.stop();
  }

  /** The API server took the CRD of a template, or did not. */
  noteCrd(name: string, failure: CrdFailure | undefined): void {
    const object = this.kind.get(name);
    const given = this.#given.get(name);
    if (object && given && !given.error) this.#report(object, failure);
  }

  /** The templates whose present version is not in force. */
  *refused(): Iterable<RefusedPolicy> {
    for (const [name, { object, error }] of this.#given) {
      if (error)
        yield { kind: "ConstraintTemplate", name, constraintKind: kindOf(object), message: error.message };
    }
  }

  #load(name: string, object: PlainObject): Reconciled {
    const { context, crds, onLoaded } = this.#options;
    const before = this.#given.get(name);
    if (before && isSameTemplate(before.object, object)) {
      // Somebody may have made the template anew: its CRD must be owned by the new one.
      if (!before.error) this.#wantCrd(object);
      return RECONCILED;
    }
    const started = performance.now();
    const outcome = context.client.addTemplate(object);
    context.observer.countIngestion(outcome.ok, (performance.now() - started) / 1000);
    const error = outcome.ok ? undefined : outcome.error;
    this.#given.set(name, { object, error });
    this.#count();
    if (error) {
      context.log.error("the template is refused", { template_name: name, error: error.message });
      this.#report(object, { code: statusCode(error), message: error.message, ...location(error) });
      return RECONCILED;
    }
    context.log.info("the template is in force", { template_name: name });
    this.#report(object, undefined);
    if (crds) this.#wantCrd(object);
    onLoaded(kindOf(object));
    return RECONCILED;
  }

  #wantCrd(template: PlainObject): void {
    const { context, crds } = this.#options;
    const { name } = objectMeta(template);
    const info = context.client.templates().find((each) => each.name === name);
    if (info) crds?.want(template, info.crd);
  }

  #remove(name: string): Reconciled {
    const { context, crds, onGone } = this.#options;
    const given = this.#given.get(name);
    context.client.removeTemplate(name);
    context.statuses.retract(CONSTRAINT_TEMPLATE_STATUS, { kind: "", name });
    crds?.forget(name);
    this.#given.delete(name);
    this.#count();
    if (given) onGone(kindOf(given.object));
    return RECONCILED;
  }

  #report(template: PlainObject, error: PlainObject | CrdFailure | undefined): void {
    const errors = error ? { errors: [{ ...error }] } : {};
    this.#options.context.statuses.report(CONSTRAINT_TEMPLATE_STATUS, template, errors);
  }

  #count(): void {
    const given = [...this.#given.values()];
    const failed = given.filter(({ error }) => error).length;
    const withCel = given.filter(({ object }) => hasCel(object)).length;
    this.#options.context.observer.setTemplates(given.length - failed, failed, withCel);
  }
}

/** Status and managed fields change without any meaning to the engine. */
function isSameTemplate(before: PlainObject, after: PlainObject): boolean {
  const parts: readonly (readonly string[])[] = [
    ["spec"],
    ["apiVersion"],
    ["metadata", "uid"],
    ["metadata", "labels"],
    ["metadata", "annotations"],
  ];
  return parts.every((path) => equals(valueAt(before, ...path) ?? null, valueAt(after, ...path) ?? null));
}

function hasCel(template: PlainObject): boolean {
  return listAt(template, "spec", "targets").some((target) =>
    listAt(target, "code").some((code) => textAt(code, "engine") === "K8sNativeValidation"),
  );
}

/** Gatekeeper's code of a refusal: the Rego, or the shape that the CRD is made of (contract 1.1.2). */
function statusCode(error: EngineError): string {
  return error.code === "ingest_error" ? "ingest_error" : "create_error";
}

function location({ rego }: EngineError): PlainObject {
  const place = rego?.[0]?.location;
  return place ? { location: `${place.file}:${place.row}:${place.col}` } : {};
}

function kindOf(template: PlainObject): string {
  return textAt(template, "spec", "crd", "spec", "names", "kind");
}
