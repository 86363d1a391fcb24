import type { PlainObject, Value } from "@portcullis/interpreter";
import { compareText } from "@portcullis/interpreter";
import { listAt, objectAt, objectMeta, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { podStatusResource } from "./controllers/own-kinds.ts";
import type { ObjectName, Resource } from "./resource.ts";
import { apiVersionOf, keyOfName } from "./resource.ts";

/** The pod that reports: it owns its statuses, which go with it. */
export interface ReportingPod {
  readonly name: string;
  /** Gatekeeper's namespace: where the statuses are. */
  readonly namespace: string;
  /** Empty where no such Pod exists: then nothing owns the statuses. */
  readonly uid: string;
  /** Sorted. */
  readonly operations: readonly string[];
}

/** One kind of `status.gatekeeper.sh`, by what its objects are about (contract 1.4). */
export interface PodStatusKind {
  readonly resource: Resource;
  /** The field of `status` that holds the uid of the object it is about. */
  readonly uidField: string;
  /** The part of the label that names that object, say `constraint`: `internal.gatekeeper.sh/constraint-name`. */
  readonly subject: string;
  /** Its objects tell subjects of one name and several kinds apart. */
  readonly severalKinds: boolean;
  /** The subjects are in Gatekeeper's namespace. */
  readonly namespacedSubject: boolean;
}

export const CONSTRAINT_TEMPLATE_STATUS: PodStatusKind = {
  resource: podStatusResource("ConstraintTemplatePodStatus"),
  uidField: "templateUID",
  subject: "constrainttemplate",
  severalKinds: false,
  namespacedSubject: false,
};

export const CONSTRAINT_STATUS: PodStatusKind = {
  resource: podStatusResource("ConstraintPodStatus"),
  uidField: "constraintUID",
  subject: "constraint",
  severalKinds: true,
  namespacedSubject: false,
};

export const CONFIG_STATUS: PodStatusKind = {
  resource: podStatusResource("ConfigPodStatus"),
  uidField: "configUID",
  subject: "config",
  severalKinds: false,
  namespacedSubject: true,
};

export const MUTATOR_STATUS: PodStatusKind = {
  resource: podStatusResource("MutatorPodStatus"),
  uidField: "mutatorUID",
  subject: "mutator",
  severalKinds: true,
  namespacedSubject: false,
};

export const EXPANSION_TEMPLATE_STATUS: PodStatusKind = {
  resource: podStatusResource("ExpansionTemplatePodStatus"),
  uidField: "templateUID",
  subject: "expansiontemplate",
  severalKinds: false,
  namespacedSubject: false,
};

export const PROVIDER_STATUS: PodStatusKind = {
  resource: podStatusResource("ProviderPodStatus"),
  uidField: "providerUID",
  subject: "provider",
  severalKinds: false,
  namespacedSubject: false,
};

export const CONNECTION_STATUS: PodStatusKind = {
  resource: podStatusResource("ConnectionPodStatus", "v1alpha1"),
  uidField: "connectionUID",
  subject: "connection",
  severalKinds: false,
  namespacedSubject: true,
};

const LABEL = "internal.gatekeeper.sh";

/** The label that names the reporting pod. */
export const POD_LABEL = `${LABEL}/pod`;

/** What a status is about, as its labels tell. */
export interface Subject extends ObjectName {
  /** Empty where the kind of the status tells it. */
  readonly kind: string;
}

/** What a pod has to say about an object; fields that are empty, zero or false are left out, as in Go. */
export type Report = Readonly<Record<string, Value>>;

/** The object in which a pod reports on `about`. */
export function podStatus(
  kind: PodStatusKind,
  pod: ReportingPod,
  about: PlainObject,
  report: Report,
): PlainObject {
  const subject = subjectOf(kind, about);
  const owner = { apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid };
  const fields: Report = {
    id: pod.name,
    [kind.uidField]: textAt(about, "metadata", "uid"),
    operations: pod.operations,
    observedGeneration: valueAt(about, "metadata", "generation") ?? 0,
    ...report,
  };
  return {
    apiVersion: apiVersionOf(kind.resource),
    kind: kind.resource.kind,
    metadata: {
      name: podStatusName(kind, pod, subject),
      namespace: pod.namespace,
      labels: labelsOf(kind, pod, subject),
      ...(pod.uid !== "" && { ownerReferences: [owner] }),
    },
    status: Object.fromEntries(Object.entries(fields).filter(([, value]) => !isZero(value))),
  };
}

/**
 * The parts of the name joined with dashes, dashes inside a part doubled: no two subjects share a name. A part is a
 * Kubernetes name and neither empty nor bounded by dashes.
 */
export function podStatusName(
  kind: PodStatusKind,
  pod: Pick<ReportingPod, "name">,
  subject: Subject,
): string {
  const parts = [
    pod.name,
    ...(kind.severalKinds ? [subject.kind.toLowerCase()] : []),
    ...(kind.namespacedSubject ? [subject.namespace ?? ""] : []),
    subject.name,
  ];
  return parts.map((part) => part.replaceAll("-", "--")).join("-");
}

function labelsOf(kind: PodStatusKind, pod: ReportingPod, subject: Subject): Record<string, string> {
  const isConstraint = kind === CONSTRAINT_STATUS;
  return {
    [`${LABEL}/${kind.subject}-name`]: subject.name,
    ...(kind.severalKinds && { [`${LABEL}/${kind.subject}-kind`]: subject.kind }),
    ...(isConstraint && { [`${LABEL}/constrainttemplate-name`]: subject.kind.toLowerCase() }),
    [POD_LABEL]: pod.name,
  };
}

export function subjectOf(kind: PodStatusKind, about: PlainObject): Subject {
  const meta = objectMeta(about);
  return {
    kind: kind.severalKinds ? meta.kind : "",
    name: meta.name,
    ...(kind.namespacedSubject && { namespace: meta.namespace }),
  };
}

/** The subject that a status names in its labels. */
export function subjectOfStatus(kind: PodStatusKind, status: PlainObject): Subject {
  const label = (name: string): string => textAt(status, "metadata", "labels", `${LABEL}/${name}`);
  return {
    kind: kind.severalKinds ? label(`${kind.subject}-kind`) : "",
    name: label(`${kind.subject}-name`),
    ...(kind.namespacedSubject && { namespace: textAt(status, "metadata", "namespace") }),
  };
}

export function subjectKey({ kind, ...name }: Subject): string {
  return `${kind} ${keyOfName(name)}`;
}

/** `status.byPod` of an object: what the statuses about this very object say, by pod. */
export function byPod(
  kind: PodStatusKind,
  about: PlainObject,
  statuses: Iterable<PlainObject>,
): readonly PlainObject[] {
  const uid = textAt(about, "metadata", "uid");
  return [...statuses]
    .flatMap((status): readonly PlainObject[] => {
      const report = objectAt(status, "status");
      return report ? [report] : [];
    })
    .filter((status) => textAt(status, kind.uidField) === uid)
    .sort((a, b) => compareText(textAt(a, "id"), textAt(b, "id")));
}

/** A template counts as created from the first time that some pod took it without an error. */
export function isCreated(template: PlainObject, reports: readonly PlainObject[]): boolean {
  if (valueAt(template, "status", "created") === true) return true;
  return reports.some((report) => listAt(report, "errors").length === 0);
}

function isZero(value: Value): boolean {
  return value === 0 || value === "" || value === false || (Array.isArray(value) && value.length === 0);
}
