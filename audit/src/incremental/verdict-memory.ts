import type { PackedConstraint, PackedConstraints } from "../packed-violations.ts";

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
 * again.
 */
export class VerdictMemory {
  readonly #limit: number;
  /** By kind, and there by namespace and name. */
  readonly #kinds = new Map<string, ByNamespace>();
  readonly #texts = new Map<string, string>();
  readonly #constraints = new Map<string, PackedConstraint>();
  /** Each page brings its own, the same for all of its objects. */
  #lastConstraints: PackedConstraints = this.#constraints;
  #policyRevision = "";
  #bytes = 0;
  #run = 0;

  /** `limitBytes` is kept to by estimate. */
  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** How many objects are remembered. */
  get objects(): number {
    const namespaces = [...this.#kinds.values()].flatMap((inKind) => [...inKind.values()]);
    return namespaces.reduce((sum, records) => sum + records.size, 0);
  }

  /** About how much is in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of what is remembered. */
  get constraints(): PackedConstraints {
    return this.#constraints;
  }

  /** A run begins: verdicts by other policies, and with `forget` all of them, are forgotten. */
  begin(policyRevision: string, forget = false): void {
    this.#run++;
    if (policyRevision === this.#policyRevision && !forget) return;
    this.#policyRevision = policyRevision;
    this.#kinds.clear();
    this.#constraints.clear();
    this.#lastConstraints = this.#constraints;
    this.#texts.clear();
    this.#bytes = 0;
  }

  /** Whether anything is known of a kind. */
  knows(kind: RememberedKind): boolean {
    return (this.#kinds.get(keyOfKind(kind))?.size ?? 0) > 0;
  }

  /** The packed violations of an object as it was judged on that basis; undefined: it has to be judged. */
  recall(
    kind: RememberedKind,
    { namespace, name }: { readonly namespace: string; readonly name: string },
    basis: VerdictBasis,
  ): string | undefined {
    const found = this.#kinds.get(keyOfKind(kind))?.get(namespace)?.get(name);
    if (!found || !isSameBasis(found, basis)) return undefined;
    found.run = this.#run;
    return found.violations;
  }

  /**
   * Takes packed violations and their constraints. Without a resource version nothing tells whether the object has changed: it is
   * not remembered.
   */
  remember(
    kind: RememberedKind,
    { namespace, name }: { readonly namespace: string; readonly name: string },
    basis: VerdictBasis,
    violations: string,
    constraints: PackedConstraints,
  ): void {
    this.#forget(kind, namespace, name);
    if (basis.resourceVersion === "") return;
    const size = OBJECT_BYTES + name.length + violations.length;
    if (this.#bytes + size > this.#limit) return;
    this.#bytes += size;
    if (constraints !== this.#lastConstraints) {
      this.#lastConstraints = constraints;
      for (const [name, constraint] of constraints) this.#constraints.set(name, constraint);
    }
    const { resourceVersion, dataRevision } = basis;
    const record: Remembered = {
      resourceVersion,
      namespaceVersion: this.#oneText(basis.namespaceVersion),
      dataRevision,
      violations,
      size,
      run: this.#run,
    };
    const kindKey = keyOfKind(kind);
    const inKind: ByNamespace = this.#kinds.get(kindKey) ?? new Map<string, Map<string, Remembered>>();
    this.#kinds.set(kindKey, inKind);
    const records = inKind.get(namespace) ?? new Map<string, Remembered>();
    inKind.set(namespace, records);
    records.set(name, record);
  }

  /** All of a kind has been met: what this run did not meet is gone. */
  sweepOut(kind: RememberedKind): void {
    this.#kinds.get(keyOfKind(kind))?.forEach((records, namespace) =>
      records.forEach(({ run }, name) => {
        if (run !== this.#run) this.#forget(kind, namespace, name);
      }),
    );
  }

  /** Objects of a namespace share the text of its version. */
  #oneText(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  #forget(kind: RememberedKind, namespace: string, name: string): void {
    const inKind = this.#kinds.get(keyOfKind(kind));
    const records = inKind?.get(namespace);
    const found = records?.get(name);
    if (!found) return;
    this.#bytes -= found.size;
    records?.delete(name);
    if (records?.size === 0) inKind?.delete(namespace);
  }
}

type ByNamespace = Map<string, Map<string, Remembered>>;

interface Remembered extends VerdictBasis {
  /** Packed. */
  readonly violations: string;
  readonly size: number;
  /** The last run that met it. */
  run: number;
}

function isSameBasis(a: VerdictBasis, b: VerdictBasis): boolean {
  return (
    a.resourceVersion === b.resourceVersion &&
    a.namespaceVersion === b.namespaceVersion &&
    a.dataRevision === b.dataRevision
  );
}

/** A record, its versions' texts, and its place in the map, about. */
const OBJECT_BYTES = 240;

const kindKeys = new WeakMap<RememberedKind, string>();

/** Asked for each object of a kind. */
function keyOfKind(of: RememberedKind): string {
  const known = kindKeys.get(of);
  if (known !== undefined) return known;
  const key = `${of.group}/${of.version}/${of.kind}`;
  kindKeys.set(of, key);
  return key;
}
