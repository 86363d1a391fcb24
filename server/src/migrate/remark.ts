import { objectMeta } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";

/** From best to worst: as before; works, but differently; does not work. */
export const VERDICTS = ["supported", "changed", "unsupported"] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What moving in means for one object, in one respect. */
export interface Remark {
  readonly verdict: Verdict;
  readonly message: string;
  /** What its owner can do, mostly a command or a value. */
  readonly todo?: string;
}

/** One object and all that is to be said about it; without remarks it is supported. */
export interface Checked {
  /** `constraints.gatekeeper.sh`; empty for the core group and for what is no object. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `file:line`; empty for objects of a cluster. */
  readonly place: string;
  readonly remarks: readonly Remark[];
}

/** An object of a cluster or a file. */
export interface Sourced {
  readonly object: PlainObject;
  /** `file:line`; empty for objects of a cluster. */
  readonly place: string;
}

export function changed(message: string, todo?: string): Remark {
  return { verdict: "changed", message, ...(todo !== undefined && { todo }) };
}

export function unsupported(message: string, todo?: string): Remark {
  return { verdict: "unsupported", message, ...(todo !== undefined && { todo }) };
}

export function checkedObject({ object, place }: Sourced, remarks: readonly Remark[]): Checked {
  const { group, kind, namespace, name } = objectMeta(object);
  return { group, kind, namespace, name, place, remarks };
}

/** The worst of its remarks. */
export function verdictOf({ remarks }: Checked): Verdict {
  const worst = Math.max(0, ...remarks.map(({ verdict }) => VERDICTS.indexOf(verdict)));
  return VERDICTS[worst] as Verdict;
}
