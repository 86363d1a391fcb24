import { statusMessage } from "../status-message.ts";
import type { ViolatedConstraint, ViolatingObject, Violation } from "../violation.ts";

/** What a verdict holds for: where all of it is the same, so is the verdict. Policies are the business of the whole memory. */
export interface VerdictBasis {
  readonly resourceVersion: string;
  /** Of its Namespace; empty where there is none. */
  readonly namespaceVersion: string;
  /** Of the parts of the inventory that the templates read which can match the kind; 0 where there are none. */
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
  readonly #texts = new Map<string, string>();
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
    this.#texts.clear();
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
    return violations === NONE ? NOTHING : this.#unpack(violations, kind, namespace, name);
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
    const size = OBJECT_BYTES + key.length + packed.length;
    if (this.#bytes + size > this.#limit) return;
    this.#bytes += size;
    const { resourceVersion, dataRevision } = basis;
    const record: Remembered = {
      resourceVersion,
      namespaceVersion: this.#oneText(basis.namespaceVersion),
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

  /** Objects of a namespace share the text of its version. */
  #oneText(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  #forget(kind: RememberedKind, key: string): void {
    const records = this.#kinds.get(keyOfKind(kind));
    const found = records?.get(key);
    if (!found) return;
    this.#bytes -= found.size;
    records?.delete(key);
  }

  /** Each page brings copies of its own. */
  #pack(violations: readonly Violation[]): string {
    const { object } = violations[0] as Violation;
    const list = violations.map(({ id, constraint, status, message, details, actions }): PackedViolation => {
      const key = `${constraint.kind} ${constraint.name}`;
      this.#constraints.set(key, this.#constraints.get(key) ?? constraint);
      return [id, key, message, details, status.enforcementAction, actions];
    });
    return JSON.stringify([object, list] satisfies Packed);
  }

  #unpack(packed: string, kind: RememberedKind, namespace: string, name: string): readonly Violation[] {
    const [object, list] = JSON.parse(packed) as Packed;
    const { group, version, kind: kindName } = kind;
    const about = { group, version, kind: kindName, name, ...(namespace === "" ? {} : { namespace }) };
    return list.map(([id, key, message, details, enforcementAction, actions]) => ({
      id,
      constraint: this.#constraints.get(key) as ViolatedConstraint,
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
}

interface Remembered extends VerdictBasis {
  /** Empty for none. */
  readonly violations: string;
  readonly size: number;
  /** The last run that met it. */
  run: number;
}

/** As JSON text: a hundred thousand small objects would take three times the memory. */
type Packed = readonly [object: ViolatingObject, violations: readonly PackedViolation[]];

type PackedViolation = readonly [
  id: string,
  constraint: string,
  message: string,
  details: string,
  enforcementAction: string,
  actions: readonly string[],
];

const NONE = "";
const NOTHING: readonly Violation[] = [];

function isSameBasis(a: VerdictBasis, b: VerdictBasis): boolean {
  return (
    a.resourceVersion === b.resourceVersion &&
    a.namespaceVersion === b.namespaceVersion &&
    a.dataRevision === b.dataRevision
  );
}

/** A record, its versions' texts, and its place in the map, about. */
const OBJECT_BYTES = 240;

function keyOfKind({ group, version, kind }: RememberedKind): string {
  return `${group}/${version}/${kind}`;
}

function keyOfObject(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
