import { statusMessage } from "./status-message.ts";
import type { ViolatedConstraint, ViolatingObject, Violation } from "./violation.ts";

/** The object that violations are about. */
export interface PackedObject {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** Constraints by the keys that stand for them in packed violations. */
export type PackedConstraints = ReadonlyMap<string, ViolatedConstraint>;

/**
 * The violations of one object as a text: it goes from thread to thread at the cost of its length, and a hundred thousand of
 * them take a third of the memory. What all of them share is not in it; the constraints go into the map. Empty for none.
 */
export function packViolations(
  violations: readonly Violation[],
  constraints: Map<string, ViolatedConstraint>,
): string {
  const [first] = violations;
  if (!first) return "";
  const list = violations.map(({ id, constraint, status, message, details, actions }): PackedViolation => {
    const key = `${constraint.kind} ${constraint.name}`;
    if (!constraints.has(key)) constraints.set(key, constraint);
    return [id, key, message, details, status.enforcementAction, actions];
  });
  return JSON.stringify([first.object, list] satisfies Packed);
}

/** The violations that {@link packViolations} packed. */
export function unpackViolations(
  packed: string,
  { group, version, kind, namespace, name }: PackedObject,
  constraints: PackedConstraints,
): readonly Violation[] {
  if (packed === "") return NONE;
  const [object, list] = JSON.parse(packed) as Packed;
  const about = { group, version, kind, name, ...(namespace === "" ? {} : { namespace }) };
  return list.map(([id, key, message, details, enforcementAction, actions]) => ({
    id,
    constraint: constraints.get(key) as ViolatedConstraint,
    status: {
      ...about,
      message: statusMessage(message),
      enforcementAction,
      ...(enforcementAction === "scoped" ? { enforcementActions: actions } : {}),
    },
    message,
    details,
    actions,
    object,
  }));
}

type Packed = readonly [object: ViolatingObject, violations: readonly PackedViolation[]];

type PackedViolation = readonly [
  id: string,
  constraint: string,
  message: string,
  details: string,
  enforcementAction: string,
  actions: readonly string[],
];

const NONE: readonly Violation[] = [];
