import { hash } from "node:crypto";
import { objectAt, objectMeta, textAt } from "@portcullis/engine";
import type { Result } from "@portcullis/engine";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { membersJson } from "./members-json.ts";
import { statusMessage } from "./status-message.ts";

/** One violation as a constraint's status holds it. */
export interface StatusViolation {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly message: string;
  readonly enforcementAction: string;
  /** The actions at the audit's enforcement point; only for `scoped` constraints. */
  readonly enforcementActions?: readonly string[];
}

/**
 * One violation, with what any output says of it: plain data of bounded size, which may go to another process. The object
 * itself is left behind.
 */
export interface Violation {
  /** The same in every run that finds it: see {@link violationsOf}. */
  readonly id: string;
  readonly constraint: ViolatedConstraint;
  readonly status: StatusViolation;
  /** Whole; the status has it shortened. */
  readonly message: string;
  /** JSON text: integers keep all their digits in it. */
  readonly details: string;
  /** The actions at the audit's enforcement point. */
  readonly actions: readonly string[];
  readonly object: ViolatingObject;
  /** Where the object comes from, for people: `pod.yaml:12`. Absent in a cluster. */
  readonly origin?: string;
}

export interface ViolatedConstraint {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  /** JSON text, without kubectl's copy of the whole constraint; `{}` where there are none. */
  readonly annotations: string;
}

/** What `status` does not say of the object. */
export interface ViolatingObject {
  /** JSON text; `{}` where there are none. */
  readonly labels: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/**
 * The violations that the review of one object found. The id of each is a hash of the constraint (kind, name), the object
 * (group, kind, namespace, name) and the whole message; of equal ones, the second and later have their number in it too. So
 * it outlives a new version of the API, another enforcement action, and an object that is deleted and made again.
 */
export function violationsOf(
  object: PlainObject,
  results: readonly Result[],
  origin?: string,
): readonly Violation[] {
  const meta = objectMeta(object);
  const about: ViolatingObject = {
    labels: membersJson(objectAt(object, "metadata", "labels") ?? {}),
    uid: textAt(object, "metadata", "uid"),
    resourceVersion: textAt(object, "metadata", "resourceVersion"),
  };
  const repeated = new Map<string, number>();
  return results.map((result) => {
    const { constraint, msg, enforcementAction, actions } = result;
    const identity = [
      constraint.kind,
      constraint.name,
      meta.group,
      meta.kind,
      meta.namespace,
      meta.name,
      msg,
    ];
    const key = JSON.stringify(identity);
    const earlier = repeated.get(key) ?? 0;
    repeated.set(key, earlier + 1);
    return {
      id: idOf(earlier === 0 ? key : `${key}${earlier}`),
      constraint: violated(constraint),
      status: {
        group: meta.group,
        version: meta.version,
        kind: meta.kind,
        name: meta.name,
        ...(meta.namespace === "" ? {} : { namespace: meta.namespace }),
        message: statusMessage(msg),
        enforcementAction,
        ...(enforcementAction === "scoped" ? { enforcementActions: actions } : {}),
      },
      message: msg,
      details: writeJson(result.details),
      actions,
      object: about,
      ...(origin === undefined ? {} : { origin }),
    };
  });
}

/** 64 bits: two of a million violations are mistaken for one another once in 40 million runs. */
function idOf(key: string): string {
  // No slice of the whole hash: it would keep that in memory.
  return hash("sha256", key, "buffer").toString("hex", 0, 8);
}

const known = new WeakMap<PlainObject, ViolatedConstraint>();

/** One for all violations of a constraint: there may be many. */
function violated(constraint: Result["constraint"]): ViolatedConstraint {
  const found = known.get(constraint.object);
  if (found) return found;
  const { "kubectl.kubernetes.io/last-applied-configuration": _, ...annotations } =
    objectAt(constraint.object, "metadata", "annotations") ?? {};
  const { group, version, kind, name } = constraint;
  const made = { group, version, kind, name, annotations: membersJson(annotations) };
  known.set(constraint.object, made);
  return made;
}
