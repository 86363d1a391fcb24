import type { SweepError } from "@portcullis/audit";
import {
  isExpansionTemplate,
  isMutator,
  objectMeta,
  processExcluder,
  syncedKinds,
  textAt,
  validateEnforcementActions,
} from "@portcullis/engine";
import type {
  Client,
  ExpansionSystem,
  MutationSystem,
  Outcome,
  ProcessExcluder,
  SyncSelection,
} from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { OWN_NAMESPACE } from "../../admission/policies.ts";
import { folderSystems } from "../../local/folder-systems.ts";
import type { FoundObjects } from "./cluster-objects.ts";

/** The policies that an audit judges by. */
export interface PoliciesInForce {
  readonly client: Client;
  readonly expansion: ExpansionSystem;
  readonly mutation: MutationSystem;
  readonly config: PlainObject | undefined;
  readonly excluder: ProcessExcluder;
  /** What `data.inventory` is made of. */
  readonly synced: SyncSelection;
  /** Policies that are not in force, and why. */
  readonly errors: readonly SweepError[];
}

/** Loads policies into a client, in the order in which one needs the other. Objects that are no policies are left alone. */
export function policiesInForce(
  client: Client,
  { objects, places }: Pick<FoundObjects, "objects" | "places">,
): PoliciesInForce {
  const errors: SweepError[] = [];
  const { mutation, expansion, mutators, expansionTemplates } = folderSystems();
  const ofGroup = (group: string, kind?: string): readonly PlainObject[] =>
    objects.filter((object) => {
      const meta = objectMeta(object);
      return meta.group === group && (kind === undefined || meta.kind === kind);
    });
  const note = (object: PlainObject, message: string | undefined, scope: SweepError["scope"]): void => {
    if (message === undefined) return;
    const { kind, name } = objectMeta(object);
    const place = places?.get(object);
    const policy = `${place === undefined ? "" : `${place}: `}${kind} ${name}`;
    errors.push({ message: `${policy} is not in force: ${message}`, ...(scope && { scope }) });
  };

  for (const template of ofGroup("templates.gatekeeper.sh", "ConstraintTemplate")) {
    const constraintKind = textAt(template, "spec", "crd", "spec", "names", "kind");
    note(template, refusal(client.addTemplate(template)), { constraintKind });
  }
  for (const constraint of ofGroup("constraints.gatekeeper.sh")) {
    const actions = validateEnforcementActions(constraint);
    const outcome = actions.ok ? client.addConstraint(constraint) : actions;
    const { kind, name } = objectMeta(constraint);
    note(constraint, refusal(outcome), { constraintKind: kind, constraint: name });
  }
  const expansions = objects.filter(isExpansionTemplate);
  // What objects imply goes through mutators; without such objects nobody asks them.
  for (const mutator of expansions.length > 0 ? objects.filter(isMutator) : [])
    note(mutator, mutators.upsert(mutator), {});
  for (const template of expansions) note(template, expansionTemplates.upsert(template), {});
  const config = configOf(ofGroup("config.gatekeeper.sh", "Config"));
  const syncSets = ofGroup("syncset.gatekeeper.sh", "SyncSet");
  return {
    client,
    expansion,
    mutation,
    config,
    excluder: processExcluder(config),
    synced: syncedKinds({ config, syncSets }),
    errors,
  };
}

/** The Config that counts is called `config`; it is in Gatekeeper's namespace, wherever that is. */
function configOf(configs: readonly PlainObject[]): PlainObject | undefined {
  const named = configs.filter((config) => objectMeta(config).name === "config");
  return named.find((config) => objectMeta(config).namespace === OWN_NAMESPACE) ?? named[0];
}

function refusal(outcome: Outcome): string | undefined {
  return outcome.ok ? undefined : outcome.error.message;
}
