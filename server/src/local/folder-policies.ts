import {
  objectMeta,
  processExcluder,
  syncedKinds,
  textAt,
  validateEnforcementActions,
} from "@portcullis/engine";
import type { Client, ProcessExcluder } from "@portcullis/engine";
import { templateProblems } from "@portcullis/engine/files";
import type { FileProblem, Manifest, Manifests } from "@portcullis/engine/files";
import type { PlainObject } from "@portcullis/interpreter";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import type { Policies } from "../admission/policies.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import { apiServerRefusal } from "./api-server-checks.ts";
import { catalogue, EMPTY_CATALOGUE } from "./catalogue.ts";
import type { Catalogue } from "./catalogue.ts";
import { constraintProblem } from "./constraint-problem.ts";
import { change, differences, same } from "./differences.ts";
import { folderSystems } from "./folder-systems.ts";
import { takeParts } from "./take-parts.ts";

/** What a reading of the folder changed. */
export interface FolderUpdate {
  /** One line a change: `added ConstraintTemplate k8srequiredlabels`. */
  readonly changes: readonly string[];
  /** Everything wrong with the folder as it is now. */
  readonly problems: readonly FileProblem[];
}

export interface FolderPoliciesDeps {
  readonly client: Client;
  readonly metrics?: ServerMetrics;
  readonly ownNamespace?: string;
}

/**
 * The policies and data of a folder, kept in a client. Each reading brings the client to the folder's state: templates,
 * then constraints, mutators and ExpansionTemplates, then objects. What is refused is reported and its former version stays in force.
 */
export class FolderPolicies implements Policies {
  readonly client: Client;
  readonly #systems = folderSystems();
  readonly mutation = this.#systems.mutation;
  readonly expansion = this.#systems.expansion;
  readonly #metrics: ServerMetrics | undefined;
  readonly #ownNamespace: string;
  #catalogue: Catalogue = EMPTY_CATALOGUE;
  #config: PlainObject | undefined;
  #excluder: ProcessExcluder = processExcluder();
  #synced = syncedKinds({});
  /** Templates and constraints whose newest version was refused, by identity. */
  #refused = new Map<string, readonly FileProblem[]>();
  /** What is in `data.inventory`. */
  #inventory = new Map<string, PlainObject>();
  #loaded = false;

  constructor(deps: FolderPoliciesDeps) {
    this.client = deps.client;
    this.#metrics = deps.metrics;
    this.#ownNamespace = deps.ownNamespace ?? OWN_NAMESPACE;
  }

  /** Brings the client to the state of the folder. Synchronous: no request ever sees half of a change. */
  apply(read: Manifests): FolderUpdate {
    const previous = this.#catalogue;
    const next = catalogue(read, previous);
    const changes: string[] = [];
    const problems = [...next.problems];
    const first = !this.#loaded;

    problems.push(...this.#takeConfig(next, changes));
    const kinds = this.#takeTemplates(previous, next, changes);
    this.#takeConstraints(previous, next, kinds, changes);
    const { mutators, expansionTemplates } = this.#systems;
    takeParts(mutators, previous.mutators, next.mutators, this.#refused, changes);
    takeParts(
      expansionTemplates,
      previous.expansionTemplates,
      next.expansionTemplates,
      this.#refused,
      changes,
    );
    problems.push(...this.#conflictProblems(next));
    problems.push(...[...this.#refused.values()].flat());
    problems.push(...this.#takeObjects(previous, next, changes));

    this.#catalogue = next;
    this.#loaded = true;
    this.#measure();
    return { changes: first ? [firstSummary(next, this.#refused)] : changes, problems };
  }

  excluder = (): ProcessExcluder => this.#excluder;

  config = (): PlainObject | undefined => this.#config;

  /** A Namespace that the folder lacks counts as one that has only the label every Namespace gets from the API server. */
  namespace = (name: string): PlainObject => {
    const known = this.#catalogue.objects.get(`Namespace ${name}`)?.object;
    const labels = { "kubernetes.io/metadata.name": name };
    return known ?? { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
  };

  /** What is not loaded yet, for `/readyz`. */
  missing = (): readonly string[] => (this.#loaded ? [] : ["the folder has not been read yet"]);

  /** The objects of the folder, in its order: what an audit looks at. */
  objects(): readonly Manifest[] {
    return [...this.#catalogue.objects.values()];
  }

  /** The objects of the kinds that Config and SyncSets replicate. */
  syncedObjects(): readonly Manifest[] {
    return this.objects().filter(({ object }) => this.#isSynced(object));
  }

  #isSynced(object: PlainObject): boolean {
    return this.#synced.includes(object) && !this.#excluder.isExcluded("sync", object);
  }

  #takeConfig(next: Catalogue, changes: string[]): readonly FileProblem[] {
    const problems: FileProblem[] = [];
    let config: PlainObject | undefined;
    for (const manifest of next.configs.values()) {
      const { name, namespace } = objectMeta(manifest.object);
      if (name === "config" && (namespace === "" || namespace === this.#ownNamespace))
        config = manifest.object;
      else {
        const wanted = `\`config\` in namespace \`${this.#ownNamespace}\``;
        const place = manifest.locate(["metadata", name === "config" ? "namespace" : "name"]);
        problems.push(manifest.problem(place, `this Config is not read: only ${wanted} is`));
      }
    }
    const syncSets = [...next.syncSets.values()].map((manifest) => manifest.object);
    if (!same(config, this.#config)) {
      changes.push(`${change(this.#config, config)} Config`);
      this.#config = config;
      this.#excluder = processExcluder(config);
    }
    changes.push(...differences(this.#catalogue.syncSets, next.syncSets));
    this.#synced = syncedKinds({ config, syncSets });
    return problems;
  }

  /** Answers the kinds whose constraints must be given to the client again. */
  #takeTemplates(previous: Catalogue, next: Catalogue, changes: string[]): ReadonlySet<string> {
    const kinds = new Set<string>();
    for (const [key, manifest] of previous.templates) {
      if (next.templates.has(key)) continue;
      this.client.removeTemplate(objectMeta(manifest.object).name);
      this.#refused.delete(key);
      kinds.add(templateKind(manifest.object));
      changes.push(`removed ${key}`);
    }
    for (const [key, manifest] of next.templates) {
      const before = previous.templates.get(key);
      const unchanged = before !== undefined && same(before.object, manifest.object);
      // A refused template that only moved in its file is tried again for the new places of its problems.
      if (unchanged && (before === manifest || !this.#refused.has(key))) continue;
      const problems = this.#addTemplate(manifest);
      if (problems.length === 0) {
        this.#refused.delete(key);
        kinds.add(templateKind(manifest.object));
        changes.push(`${before ? "changed" : "added"} ${key}`);
        continue;
      }
      this.#refused.set(key, problems);
      if (unchanged) continue;
      const inForce = this.client.templates().some(({ name }) => name === objectMeta(manifest.object).name);
      changes.push(`refused ${key}${inForce ? ": its former version stays in force" : ""}`);
    }
    return kinds;
  }

  /** Answers what the template is refused for; nothing when it is in force. */
  #addTemplate(manifest: Manifest): readonly FileProblem[] {
    const refusal = apiServerRefusal(manifest.object);
    if (refusal) return [manifest.problem(manifest.locate(refusal.path), refusal.message)];
    const started = performance.now();
    const outcome = this.client.addTemplate(manifest.object);
    this.#metrics?.countIngestion(outcome.ok, (performance.now() - started) / 1000);
    return outcome.ok ? [] : templateProblems(manifest, outcome.error);
  }

  #takeConstraints(
    previous: Catalogue,
    next: Catalogue,
    changedKinds: ReadonlySet<string>,
    changes: string[],
  ): void {
    for (const [key, manifest] of previous.constraints) {
      if (next.constraints.has(key)) continue;
      const { kind, name } = objectMeta(manifest.object);
      this.client.removeConstraint(kind, name);
      this.#refused.delete(key);
      changes.push(`removed ${key}`);
    }
    for (const [key, manifest] of next.constraints) {
      const before = previous.constraints.get(key);
      const unchanged = before !== undefined && same(before.object, manifest.object);
      const again = this.#refused.has(key) || changedKinds.has(objectMeta(manifest.object).kind);
      if (unchanged && !again) continue;
      const actions = validateEnforcementActions(manifest.object);
      const outcome = actions.ok ? this.client.addConstraint(manifest.object) : actions;
      const wasRefused = this.#refused.delete(key);
      if (!outcome.ok) {
        this.#refused.set(key, [constraintProblem(manifest, outcome.error)]);
        if (!unchanged || !wasRefused) changes.push(`refused ${key}`);
      } else if (!unchanged || wasRefused)
        changes.push(`${before && !wasRefused ? "changed" : "added"} ${key}`);
    }
  }

  /** Mutators that disagree about the schema of an object are switched off until one of them goes. */
  #conflictProblems(next: Catalogue): readonly FileProblem[] {
    return [...next.mutators.values()].flatMap((manifest) => {
      const { group, kind, namespace, name } = objectMeta(manifest.object);
      const conflict = this.mutation.conflictOf({ group, kind, namespace, name });
      return conflict === undefined ? [] : [manifest.problem(manifest.place, conflict)];
    });
  }

  #takeObjects(previous: Catalogue, next: Catalogue, changes: string[]): readonly FileProblem[] {
    changes.push(...differences(previous.objects, next.objects));
    const problems: FileProblem[] = [];
    const inventory = new Map<string, PlainObject>();
    for (const [key, manifest] of next.objects) {
      const { object } = manifest;
      const { group, kind } = objectMeta(object);
      const isNamespace = group === "" && kind === "Namespace" && !this.#excluder.isExcluded("sync", object);
      if (!isNamespace && !this.#isSynced(object)) continue;
      const first = next.objects.get(next.repeated.get(key) ?? "");
      if (first) {
        const where = `${first.place.file}:${first.place.line}`;
        const message = `${next.repeated.get(key)} is in ${where} already: data.inventory has that one`;
        problems.push(manifest.problem(manifest.place, message));
        continue;
      }
      inventory.set(key, object);
      if (this.#inventory.get(key) === object) continue;
      const outcome = this.client.addData(object);
      if (!outcome.ok) problems.push(manifest.problem(manifest.place, outcome.error.message));
    }
    for (const [key, object] of this.#inventory) {
      const now = inventory.get(key);
      if (!now) this.client.removeData(object);
      // Another version of the same object has another place in the inventory.
      else if (textAt(now, "apiVersion") !== textAt(object, "apiVersion")) this.client.removeData(object);
    }
    this.#inventory = inventory;
    return problems;
  }

  #measure(): void {
    if (!this.#metrics) return;
    const templates = [...this.#catalogue.templates.keys()];
    const failed = templates.filter((key) => this.#refused.has(key)).length;
    this.#metrics.setTemplates(templates.length - failed, failed);
    const refusedOf = (parts: ReadonlyMap<string, Manifest>): number =>
      [...parts.keys()].filter((key) => this.#refused.has(key)).length;
    const { mutators, expansionTemplates } = this.#catalogue;
    const conflicting = this.#conflictProblems(this.#catalogue).length;
    const badMutators = refusedOf(mutators);
    this.#metrics.setMutators(
      mutators.size - badMutators - conflicting,
      badMutators + conflicting,
      conflicting,
    );
    const badExpansions = refusedOf(expansionTemplates);
    this.#metrics.setExpansionTemplates(expansionTemplates.size - badExpansions, badExpansions);
    const counts = new Map<string, { active: number; error: number }>();
    for (const [key, { object }] of this.#catalogue.constraints) {
      const written = textAt(object, "spec", "enforcementAction") || "deny";
      const action = ["deny", "dryrun", "warn", "scoped"].includes(written) ? written : "unrecognized";
      const row = counts.get(action) ?? { active: 0, error: 0 };
      row[this.#refused.has(key) ? "error" : "active"]++;
      counts.set(action, row);
    }
    this.#metrics.setConstraints(counts);
  }
}

function templateKind(template: PlainObject): string {
  return textAt(template, "spec", "crd", "spec", "names", "kind");
}

/** What is in force of all that was found; the rest is among the problems. */
function firstSummary(found: Catalogue, refused: ReadonlyMap<string, unknown>): string {
  const count = (parts: ReadonlyMap<string, unknown>, word: string): string => {
    const n = [...parts.keys()].filter((key) => !refused.has(key)).length;
    return `${n} ${word}${n === 1 ? "" : "s"}`;
  };
  const rare = [count(found.mutators, "mutator"), count(found.expansionTemplates, "ExpansionTemplate")];
  const parts = [
    count(found.templates, "template"),
    count(found.constraints, "constraint"),
    ...rare.filter((part) => !part.startsWith("0 ")),
    count(found.objects, "object"),
  ];
  return `loaded ${parts.join(", ")}`;
}
