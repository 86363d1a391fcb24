import { statusMessage } from "../status-message.ts";
import type { ViolatedConstraint, ViolatingObject, Violation } from "../violation.ts";

/** What a verdict holds for: where all of it is the same, so is the verdict. Policies are the business of the whole memory. */
export interface VerdictBasis {
  readonly resourceVersion: string;
  /** Of its Namespace; empty where there is none. */
  readonly namespaceVersion: string;
  /** Of the inventory, where a template reads it that can match the kind; else 0. */
  readonly dataRevision: number;
}

export interface RememberedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * The verdicts on objects by what they hold for, in bounded memory: an object that has no room is not remembered, and judged
 * again. Of a violation only what differs between violations is kept.
 */
export class VerdictMemory {
  readonly #limit: number;
  readonly #kinds = new Map<string, Map<string, Remembered>>();
  readonly #constraints = new Map<string, ViolatedConstraint>();
  #policyRevision = "";
  #bytes = 0;
  #run = 0;

  /** `limitBytes` is kept to by estimate. */
  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** How many objects are remembered. */
  get objects(): number {
    return [...this.#kinds.values()].reduce((sum, records) => sum + records.size, 0);
  }

  /** About how much is in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A run begins: verdicts by other policies, and with `forget` all of them, are forgotten. */
  begin(policyRevision: string, forget = false): void {
    this.#run++;
    if (policyRevision === this.#policyRevision && !forget) return;
    this.#policyRevision = policyRevision;
    this.#kinds.clear();
    this.#constraints.clear();
    this.#bytes = 0;
  }

  /** Whether anything is known of a kind. */
  knows(kind: RememberedKind): boolean {
    return (this.#kinds.get(keyOfKind(kind))?.size ?? 0) > 0;
  }

  /** The violations of an object as it was judged on that basis; undefined: it has to be judged. */
  recall(
    kind: RememberedKind,
    { namespace, name }: { readonly namespace: string; readonly name: string },
    basis: VerdictBasis,
  ): readonly Violation[] | undefined {
    const found = this.#kinds.get(keyOfKind(kind))?.get(keyOfObject(namespace, name));
    if (!found || !isSameBasis(found, basis)) return undefined;
    found.run = this.#run;
    const { violations } = found;
    return violations === NONE ? NOTHING : unpack(violations, kind, namespace, name);
  }

  /** Without a resource version nothing tells whether the object has changed: it is not remembered. */
  remember(
    kind: RememberedKind,
    { namespace, name }: { readonly namespace: string; readonly name: string },
    basis: VerdictBasis,
    violations: readonly Violation[],
  ): void {
    const key = keyOfObject(namespace, name);
    this.#forget(kind, key);
    if (basis.resourceVersion === "") return;
    const packed = violations.length === 0 ? NONE : this.#pack(violations);
    const size = OBJECT_BYTES + key.length + packedBytes(packed);
    if (this.#bytes + size > this.#limit) return;
    this.#bytes += size;
    const { resourceVersion, namespaceVersion, dataRevision } = basis;
    const record: Remembered = {
      resourceVersion,
      namespaceVersion,
      dataRevision,
      violations: packed,
      size,
      run: this.#run,
    };
    const kindKey = keyOfKind(kind);
    const records = this.#kinds.get(kindKey) ?? new Map<string, Remembered>();
    this.#kinds.set(kindKey, records);
    records.set(key, record);
  }

  /** All of a kind has been met: what this run did not meet is gone. */
  sweepOut(kind: RememberedKind): void {
    for (const [key, { run }] of this.#kinds.get(keyOfKind(kind)) ?? []) {
      if (run !== this.#run) this.#forget(kind, key);
    }
  }

  #forget(kind: RememberedKind, key: string): void {
    const records = this.#kinds.get(keyOfKind(kind));
    const found = records?.get(key);
    if (!found) return;
    this.#bytes -= found.size;
    records?.delete(key);
  }

  #pack(violations: readonly Violation[]): Packed {
    const object = (violations[0] as Violation).object;
    return {
      object,
      list: violations.map(({ id, constraint, status, message, details, actions }) => ({
        id,
        constraint: this.#shared(constraint),
        message,
        details,
        enforcementAction: status.enforcementAction,
        actions,
      })),
    };
  }

  /** Each page brings copies of its own. */
  #shared(constraint: ViolatedConstraint): ViolatedConstraint {
    const key = `${constraint.kind} ${constraint.name}`;
    const known = this.#constraints.get(key);
    if (known) return known;
    this.#constraints.set(key, constraint);
    return constraint;
  }
}

interface Remembered extends VerdictBasis {
  readonly violations: Packed | typeof NONE;
  readonly size: number;
  /** The last run that met it. */
  run: number;
}

interface Packed {
  readonly object: ViolatingObject;
  readonly list: readonly PackedViolation[];
}

interface PackedViolation extends Pick<Violation, "id" | "constraint" | "message" | "details" | "actions"> {
  readonly enforcementAction: string;
}

const NONE = "none";
const NOTHING: readonly Violation[] = [];

function isSameBasis(a: VerdictBasis, b: VerdictBasis): boolean {
  return (
    a.resourceVersion === b.resourceVersion &&
    a.namespaceVersion === b.namespaceVersion &&
    a.dataRevision === b.dataRevision
  );
}

function unpack(
  { object, list }: Packed,
  { group, version, kind }: RememberedKind,
  namespace: string,
  name: string,
): readonly Violation[] {
  const where = namespace === "" ? {} : { namespace };
  return list.map(({ enforcementAction, ...each }) => ({
    ...each,
    object,
    status: {
      group,
      version,
      kind,
      name,
      ...where,
      message: statusMessage(each.message),
      enforcementAction,
      ...(enforcementAction === "scoped" ? { enforcementActions: each.actions } : {}),
    },
  }));
}

/** A record, its key's and versions' text, and its place in the map, about. */
const OBJECT_BYTES = 240;
const VIOLATING_OBJECT_BYTES = 300;
const VIOLATION_BYTES = 200;

function packedBytes(packed: Packed | typeof NONE): number {
  if (packed === NONE) return 0;
  const texts = packed.list.reduce((sum, { message, details }) => sum + message.length + details.length, 0);
  const labels = JSON.stringify(packed.object.labels).length * 2;
  return VIOLATING_OBJECT_BYTES + labels + packed.list.length * VIOLATION_BYTES + texts;
}

function keyOfKind({ group, version, kind }: RememberedKind): string {
  return `${group}/${version}/${kind}`;
}

function keyOfObject(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
