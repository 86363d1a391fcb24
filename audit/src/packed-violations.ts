import { statusMessage } from "./status-message.ts";
import type { StatusViolation, ViolatedConstraint, ViolatingObject, Violation } from "./violation.ts";

/** The object that violations are about. */
export interface PackedObject {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** What the violations of a constraint have in common, by the keys that stand for it in packed violations. */
export type PackedConstraints = ReadonlyMap<string, PackedConstraint>;

export interface PackedConstraint {
  readonly constraint: ViolatedConstraint;
  readonly enforcementAction: string;
  readonly actions: readonly string[];
}

/**
 * The violations of one object as a text: it goes from thread to thread at the cost of its length, and a hundred thousand of
 * them take a third of the memory. What all of them share is not in it; the constraints go into the map. Empty for none.
 *
 * It is a list of fields, of which no text has to be read: an audit of what it remembers does little but unpack.
 */
export function packViolations(
  violations: readonly Violation[],
  constraints: Map<string, PackedConstraint>,
): string {
  const [first] = violations;
  if (!first) return "";
  const { labels, uid, resourceVersion } = first.object;
  let packed = `${field(labels)}${END}${field(uid)}${END}${field(resourceVersion)}`;
  for (const { id, constraint, status, message, details, actions } of violations) {
    const { enforcementAction } = status;
    // An ExpansionTemplate brings actions of its own.
    const key = JSON.stringify([constraint.kind, constraint.name, enforcementAction, ...actions]);
    if (!constraints.has(key)) constraints.set(key, { constraint, enforcementAction, actions });
    packed += `${END}${id}${END}${field(key)}${END}${field(message)}${END}${field(details)}`;
  }
  return packed;
}

/**
 * The violations that {@link packViolations} packed. Their texts are parts of `packed`, which stays in memory as long as any of
 * them does.
 */
export function unpackViolations(
  packed: string,
  { group, version, kind, namespace, name }: PackedObject,
  constraints: PackedConstraints,
): readonly Violation[] {
  if (packed === "") return NONE;
  const fields = new Fields(packed);
  const object: ViolatingObject = {
    labels: fields.next(),
    uid: fields.next(),
    resourceVersion: fields.next(),
  };
  const violations: Violation[] = [];
  while (fields.hasMore) {
    const id = fields.next();
    const { constraint, enforcementAction, actions } = constraints.get(fields.next()) as PackedConstraint;
    const message = fields.next();
    const shown = statusMessage(message);
    const status: StatusViolation =
      namespace === ""
        ? { group, version, kind, name, message: shown, enforcementAction }
        : { group, version, kind, name, namespace, message: shown, enforcementAction };
    violations.push({
      id,
      constraint,
      status: enforcementAction === "scoped" ? { ...status, enforcementActions: actions } : status,
      message,
      details: fields.next(),
      actions,
      object,
    });
  }
  return violations;
}

const NONE: readonly Violation[] = [];

/** Between two fields, and before what stands for one of these two where a field has it. */
const END = "\u001f";
const ESCAPE = "\u001e";

const HAS_EITHER = /[\u001e\u001f]/;
const EITHER = /[\u001e\u001f]/g;
const ESCAPED = /\u001e[ab]/g;

function field(text: string): string {
  if (!HAS_EITHER.test(text)) return text;
  return text.replace(EITHER, (found) => (found === ESCAPE ? `${ESCAPE}a` : `${ESCAPE}b`));
}

class Fields {
  readonly #packed: string;
  readonly #hasEscapes: boolean;
  #at = 0;

  constructor(packed: string) {
    this.#packed = packed;
    this.#hasEscapes = packed.includes(ESCAPE);
  }

  get hasMore(): boolean {
    return this.#at >= 0;
  }

  next(): string {
    const from = this.#at;
    const end = this.#packed.indexOf(END, from);
    this.#at = end < 0 ? -1 : end + 1;
    const text = end < 0 ? this.#packed.slice(from) : this.#packed.slice(from, end);
    if (!this.#hasEscapes) return text;
    return text.replace(ESCAPED, (found) => (found.endsWith("a") ? ESCAPE : END));
  }
}
