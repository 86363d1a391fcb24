import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../../kubernetes/object-meta.ts";
import type { KubeApi } from "../api.ts";
import type { ListWatchTiming } from "../list-watch.ts";
import {
  CONFIG_STATUS,
  CONNECTION_STATUS,
  CONSTRAINT_STATUS,
  CONSTRAINT_TEMPLATE_STATUS,
  EXPANSION_TEMPLATE_STATUS,
  MUTATOR_STATUS,
  PROVIDER_STATUS,
} from "../pod-status.ts";
import type { PodStatusKind, ReportingPod, Subject } from "../pod-status.ts";
import { keyOfName, nameOfKey } from "../resource.ts";
import type { Resource } from "../resource.ts";
import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import { ByPod } from "./by-pod.ts";
import type { FoundSubject } from "./by-pod.ts";
import type { Configs } from "./configs.ts";
import type { Connections } from "./connections.ts";
import type { ConstraintTemplates } from "./constraint-templates.ts";
import type { Constraints } from "./constraints.ts";
import type { Controller, ControllerLog } from "./controller.ts";
import type { CrdWatch } from "./crd-watch.ts";
import type { ExpansionTemplates } from "./expansion-templates.ts";
import type { KindController } from "./kind-controller.ts";
import type { Mutators } from "./mutators.ts";
import type { Operations } from "./operations.ts";
import type { Providers } from "./providers.ts";
import {
  constraintResource,
  CONFIGS,
  CONNECTIONS,
  CONSTRAINT_TEMPLATES,
  EXPANSION_TEMPLATES,
  MUTATORS,
  PROVIDERS,
} from "./own-kinds.ts";
import { PodStatuses } from "./pod-statuses.ts";
import { ValidatingPods } from "./validating-pods.ts";

export interface StatusReportsOptions {
  readonly api: KubeApi;
  readonly pod: ReportingPod;
  readonly reports?: boolean;
  readonly operations: Operations;
  readonly log: ControllerLog;
  readonly timing?: Partial<ListWatchTiming>;
}

/** The controllers that know the objects which statuses are about. */
export interface Subjects {
  readonly templates: ConstraintTemplates;
  readonly constraints: Constraints;
  readonly configs: Configs;
  readonly mutators: Mutators;
  readonly expansions: ExpansionTemplates;
  readonly providers: Providers;
  readonly connections: Connections;
  readonly crds: CrdWatch;
}

/**
 * What this pod reports, and, where it is told to (`status`, `mutation-status`), the `status.byPod` that is made of the
 * reports of all pods.
 */
export class StatusReports implements Controller {
  readonly statuses: PodStatuses;
  readonly #byPod: ByPod;
  readonly #collects: (kind: PodStatusKind) => boolean;
  /** Where reports are put together: the pods that they must come from. */
  readonly #pods: ValidatingPods | undefined;
  #crds: CrdWatch | undefined;

  constructor(options: StatusReportsOptions) {
    const { operations } = options;
    const validating = [
      CONSTRAINT_TEMPLATE_STATUS,
      CONSTRAINT_STATUS,
      CONFIG_STATUS,
      EXPANSION_TEMPLATE_STATUS,
      PROVIDER_STATUS,
      CONNECTION_STATUS,
    ];
    const mutating = [MUTATOR_STATUS];
    const kinds = [
      ...validating,
      ...(operations.mutates || operations.has("mutation-status") ? mutating : []),
    ];
    this.statuses = new PodStatuses({
      ...options,
      kinds: options.reports === false ? [] : kinds,
      collected: [
        ...(operations.has("status") ? validating : []),
        ...(operations.has("mutation-status") ? mutating : []),
      ],
      onReport: (kind, subject) => this.#byPod.touch(kind, subject),
    });
    this.#byPod = new ByPod({
      api: options.api,
      log: options.log,
      statuses: (kind, subject) => this.statuses.about(kind, subject),
      waitingFor: (kind, subject, reports) => this.#waitingFor(kind, subject, reports),
    });
    const { api, log, timing } = options;
    const { namespace } = options.pod;
    const onChange = (): void => this.#byPod.touchAll();
    this.#pods = operations.has("status")
      ? new ValidatingPods({ api, log, namespace, onChange, ...(timing && { timing }) })
      : undefined;
    this.#collects = (kind) =>
      kind === MUTATOR_STATUS ? operations.has("mutation-status") : operations.has("status");
  }

  /** From now on `status.byPod` of these objects is kept. */
  find(subjects: Subjects): void {
    const { templates, constraints, configs, mutators, expansions, providers, connections, crds } = subjects;
    this.#crds = crds;
    crds.onChange((name) => {
      const suffix = `.${CONSTRAINT_GROUP}`;
      if (!name.endsWith(suffix)) return;
      this.#byPod.touch(CONSTRAINT_TEMPLATE_STATUS, { kind: "", name: name.slice(0, -suffix.length) });
    });
    const one =
      (resource: Resource, controller: KindController) =>
      (subject: Subject): FoundSubject | undefined =>
        found(resource, controller.get(keyOfName(subject)));
    this.#collect(CONSTRAINT_TEMPLATE_STATUS, one(CONSTRAINT_TEMPLATES, templates.kind));
    this.#collect(CONFIG_STATUS, one(CONFIGS, configs.kind));
    this.#collect(EXPANSION_TEMPLATE_STATUS, one(EXPANSION_TEMPLATES, expansions.kind));
    this.#collect(PROVIDER_STATUS, one(PROVIDERS, providers.kind));
    this.#collect(CONNECTION_STATUS, one(CONNECTIONS, connections.kind));
    this.#collect(CONSTRAINT_STATUS, ({ kind, name }) =>
      found(constraintResource(kind), constraints.find(kind, name)),
    );
    this.#collect(MUTATOR_STATUS, ({ kind, name }) => {
      const i = MUTATORS.findIndex((resource) => resource.kind === kind);
      return i < 0 ? undefined : found(MUTATORS[i] as Resource, mutators.kinds[i]?.get(name));
    });
  }

  /** An object that statuses may be about has come, or somebody has written its status. */
  subjectChanged(resource: Resource, key: string): void {
    const kind = statusKindOf(resource);
    if (!kind) return;
    const { namespace, name } = nameOfKey(key);
    this.#byPod.touch(kind, {
      kind: kind.severalKinds ? resource.kind : "",
      name,
      ...(kind.namespacedSubject && namespace !== undefined && { namespace }),
    });
  }

  start(): void {
    this.#pods?.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#pods?.stop(), this.#byPod.stop()]);
  }

  /** Templates and constraints wait for every pod that judges by them, templates also for their kind. */
  #waitingFor(kind: PodStatusKind, { name }: Subject, reports: readonly PlainObject[]): readonly string[] {
    if (kind !== CONSTRAINT_TEMPLATE_STATUS && kind !== CONSTRAINT_STATUS) return [];
    const heard = new Set(reports.map((report) => textAt(report, "id")));
    const silent = (this.#pods?.names() ?? []).filter((pod) => !heard.has(pod));
    const isServed =
      kind !== CONSTRAINT_TEMPLATE_STATUS ||
      this.#crds?.servedUid(`${name}.${CONSTRAINT_GROUP}`) !== undefined;
    return [...silent.map((pod) => `a report of ${pod}`), ...(isServed ? [] : ["its kind to be served"])];
  }

  #collect(kind: PodStatusKind, find: (subject: Subject) => FoundSubject | undefined): void {
    if (this.#collects(kind)) this.#byPod.collect(kind, find);
  }
}

function found(resource: Resource, object: FoundSubject["object"] | undefined): FoundSubject | undefined {
  return object && { resource, object };
}

function statusKindOf({ group, kind }: Resource): PodStatusKind | undefined {
  if (group === CONSTRAINT_GROUP) return CONSTRAINT_STATUS;
  if (group === MUTATORS[0]?.group) return MUTATOR_STATUS;
  switch (kind) {
    case CONSTRAINT_TEMPLATES.kind:
      return CONSTRAINT_TEMPLATE_STATUS;
    case CONFIGS.kind:
      return CONFIG_STATUS;
    case PROVIDERS.kind:
      return PROVIDER_STATUS;
    case CONNECTIONS.kind:
      return CONNECTION_STATUS;
    case EXPANSION_TEMPLATES.kind:
      return EXPANSION_TEMPLATE_STATUS;
    default:
      return undefined;
  }
}
