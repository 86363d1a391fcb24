import { MutationError, objectAt, textAt } from "@portcullis/engine";
import type { MutationOutcome } from "@portcullis/engine";
import type { PlainObject, Value, Waiting } from "@portcullis/interpreter";
import { isConfigExcluded, isOwnServiceAccount, withNamespace } from "./exemptions.ts";
import { jsonPatch } from "./json-patch.ts";
import { annotated } from "./mutation-record.ts";
import type { AdmissionOptions, Policies } from "./policies.ts";
import { requestNamespace } from "./request-namespace.ts";
import { OWN_GROUPS } from "./self-validation/self-validation.ts";
import type { Verdict } from "./verdict.ts";
import { AdmissionRefusal } from "./verdict.ts";

/** A verdict of `/v1/mutate`, with what its record wants to know. */
export interface MutationDecision {
  readonly verdict: Verdict;
  /** Absent when no mutation was tried. */
  readonly outcome?: MutationOutcome;
}

/**
 * Decides one request of `/v1/mutate`: Gatekeeper's steps in Gatekeeper's order. What a mutator cannot do to the object
 * is an error of code 500, never a silent "allowed". Rejects only with what `toVerdict` answers.
 */
export async function decideMutation(
  request: PlainObject,
  policies: Policies,
  options: AdmissionOptions,
  signal: Waiting,
): Promise<MutationDecision> {
  if (isOwnServiceAccount(request, options)) return allowed("Gatekeeper does not self-manage");
  const operation = textAt(request, "operation");
  if (operation !== "CREATE" && operation !== "UPDATE") return allowed("Mutating only on create or update");
  if (isUntouched(textAt(request, "kind", "group"))) return allowed("Not mutating gatekeeper resources");
  if (isConfigExcluded(request, "mutation-webhook", policies.excluder())) {
    return allowed("Namespace is set to be ignored by Gatekeeper config");
  }
  const object = objectAt(request, "object");
  if (!object) throw new AdmissionRefusal(500, "failed to mutate: no object in the request");
  const { name, namespace } = await requestNamespace(request, policies, signal);
  const target = { object: withNamespace(object, name), operation, source: "Original" } as const;
  const outcome = mutate(() => policies.mutation.mutate(namespace ? { ...target, namespace } : target));
  if (!outcome.mutated) return { ...allowed("Resource was not mutated"), outcome };
  const mutated = options.mutationAnnotations ? annotated(outcome) : outcome.object;
  const patch = jsonPatch(object, withNamespaceOf(mutated, object));
  const patched = patch.length > 0 ? { patch } : {};
  return { verdict: { allowed: true, code: 200, ...patched }, outcome };
}

/** Beyond Gatekeeper, SyncSets and Connections are left alone as well: a mutator has no business in what configures it. */
function isUntouched(group: string): boolean {
  return OWN_GROUPS.has(group) || group === "syncset.gatekeeper.sh" || group === "connection.gatekeeper.sh";
}

function mutate(attempt: () => MutationOutcome): MutationOutcome {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof MutationError) throw new AdmissionRefusal(500, error.message);
    throw error;
  }
}

/** The mutated object with the `metadata.namespace` that the request's object had: the API server sets it itself. */
function withNamespaceOf(mutated: PlainObject, original: PlainObject): PlainObject {
  const metadata: Record<string, Value> = { ...objectAt(mutated, "metadata") };
  const namespace = objectAt(original, "metadata")?.["namespace"];
  if (namespace === undefined) delete metadata["namespace"];
  else metadata["namespace"] = namespace;
  const hadMetadata = objectAt(original, "metadata") !== undefined || Object.keys(metadata).length > 0;
  const { metadata: _, ...rest } = mutated;
  return hadMetadata ? { ...rest, metadata } : rest;
}

function allowed(message: string): MutationDecision {
  return { verdict: { allowed: true, code: 200, message } };
}
