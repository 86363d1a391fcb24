import { objectMeta } from "@portcullis/engine";
import { checkAdmissionPolicies } from "./check-admission-policies.ts";
import { checkConstraints } from "./check-constraints.ts";
import { checkDeployments } from "./check-deployments.ts";
import {
  checkConfigs,
  checkConnections,
  checkDefinitions,
  checkExpansionTemplates,
  checkMutators,
  checkUnused,
  oldFinalizers,
} from "./check-objects.ts";
import { checkTemplates } from "./check-templates.ts";
import { checkWebhooks } from "./check-webhooks.ts";
import { estateOf } from "./estate.ts";
import { checkedObject } from "./remark.ts";
import type { Checked, Sourced } from "./remark.ts";

/**
 * Says of each object of a Gatekeeper what becomes of it when Portcullis takes its place. Objects that are none of
 * Gatekeeper's are left out. Nothing is changed anywhere.
 */
export function checkMigration(objects: readonly Sourced[]): readonly Checked[] {
  const estate = estateOf(objects);
  const templates = checkTemplates(estate.templates);
  const known = new Set(estate.templates.map(({ object }) => objectMeta(object).name));
  const policies = [...estate.templates, ...estate.constraints, ...estate.configs, ...estate.syncSets];
  const finalizers = new Map(policies.map((each) => [each.object, oldFinalizers(each.object)]));
  const withFinalizers = (group: readonly Sourced[], checked: readonly Checked[]): readonly Checked[] =>
    checked.map((each, index) => {
      const more = finalizers.get((group[index] as Sourced).object) ?? [];
      return more.length === 0 ? each : { ...each, remarks: [...each.remarks, ...more] };
    });
  return [
    ...withFinalizers(estate.templates, templates.checked),
    ...withFinalizers(estate.constraints, checkConstraints(estate.constraints, templates.client, known)),
    ...checkMutators(estate.mutators),
    ...checkExpansionTemplates(estate.expansionTemplates),
    ...withFinalizers(estate.configs, checkConfigs(estate.configs)),
    ...withFinalizers(
      estate.syncSets,
      estate.syncSets.map((each) => checkedObject(each, [])),
    ),
    ...checkConnections(estate.connections),
    ...checkUnused(estate.unused),
    ...checkWebhooks(estate.webhooks),
    ...checkDeployments(estate.deployments, templates.callers),
    ...checkAdmissionPolicies(estate.admissionPolicies),
    ...checkDefinitions(estate.definitions),
  ];
}
