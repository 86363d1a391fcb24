import type { PlainObject } from "@portcullis/interpreter";

export interface ConstraintParts {
  readonly match?: PlainObject;
  readonly parameters?: PlainObject;
  readonly enforcementAction?: string;
  readonly scopedEnforcementActions?: readonly PlainObject[];
}

/** A constraint of a kind. */
export function constraint(kind: string, name: string, spec: ConstraintParts = {}): PlainObject {
  return {
    apiVersion: "constraints.gatekeeper.sh/v1beta1",
    kind,
    metadata: { name },
    spec: { ...spec },
  };
}
