import type { PlainObject } from "@portcullis/interpreter";

export interface TemplateParts {
  readonly libs?: readonly string[];
  /** The schema of `spec.parameters`. Default: an object with any fields. */
  readonly parameters?: PlainObject;
  readonly operations?: readonly string[];
  /** The Rego goes into `code` with this version instead of into `rego`. */
  readonly version?: string;
}

const ANY_PARAMETERS: PlainObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** A ConstraintTemplate of a kind with its Rego. */
export function template(kind: string, rego: string, parts: TemplateParts = {}): PlainObject {
  const code =
    parts.version === undefined
      ? { rego, ...(parts.libs && { libs: parts.libs }) }
      : {
          code: [
            {
              engine: "Rego",
              source: { rego, version: parts.version, ...(parts.libs && { libs: parts.libs }) },
            },
          ],
        };
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: kind.toLowerCase() },
    spec: {
      crd: {
        spec: { names: { kind }, validation: { openAPIV3Schema: parts.parameters ?? ANY_PARAMETERS } },
      },
      targets: [
        {
          target: "admission.k8s.gatekeeper.sh",
          ...code,
          ...(parts.operations && { operations: parts.operations }),
        },
      ],
    },
  };
}
