import type { PlainObject } from "@portcullis/interpreter";
import type { Schema } from "../schema/schema.ts";

/** The one target templates can be written for. */
export const TARGET = "admission.k8s.gatekeeper.sh";

/** A ConstraintTemplate, decoded and checked. Everything here depends on the template alone. */
export interface Template {
  /** `metadata.name`, the kind in lower case. */
  readonly name: string;
  /** The kind of its constraints. */
  readonly kind: string;
  /** As it was given. */
  readonly object: PlainObject;
  /** The schema of `spec.parameters`; undefined where the template has none: then constraints may give no parameters. */
  readonly parameters: Schema | undefined;
  /** The schema of its constraints. */
  readonly schema: Schema;
  readonly crd: PlainObject;
  /** The CREATE, UPDATE, DELETE, CONNECT the webhook evaluates it for; empty for all. */
  readonly operations: readonly string[];
  readonly source: RegoSource;
}

/** The Rego of a template. */
export interface RegoSource {
  readonly rego: string;
  readonly libs: readonly string[];
  readonly version: "v0" | "v1";
}
