import type { PlainObject } from "@portcullis/interpreter";
import type { Reviewer } from "../client.ts";
import { engineError } from "../errors.ts";
import { objectAt, objectMeta, textAt } from "../kubernetes/object-meta.ts";
import { impliedResult } from "../reviews/implied.ts";
import type { Response, Review, ReviewOptions } from "../reviews/review.ts";
import { sortResults } from "../reviews/sort.ts";
import { reviewOfObject } from "../target/review-of-object.ts";
import { ExpansionError } from "./generate.ts";
import type { ExpansionSystem, Resultant } from "./system.ts";

/**
 * Reviews an object and everything it implies (contract 9): each generated object is a review of its own, whose results are
 * told as the parent's. Where the expansion fails, the object's own results stand and the failure is among the errors.
 */
export function reviewWithExpansion(
  client: Reviewer,
  expansion: ExpansionSystem,
  review: Review,
  options: ReviewOptions,
): Response {
  const own = client.review(review, options);
  const object = parentOf(review);
  if (!object || !expansion.applies(object)) return own;
  try {
    const resultants = expansion.expand(object, review.namespace ?? review.matchNamespace);
    return merged([
      own,
      ...resultants.map((resultant) => reviewResultant(client, resultant, review, options)),
    ]);
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    return { ...own, errors: [...own.errors, engineError("expansion_failed", error.message)] };
  }
}

/** On DELETE the old object is the one that implies others. */
function parentOf({ request }: Review): PlainObject | undefined {
  return objectAt(request, textAt(request, "operation") === "DELETE" ? "oldObject" : "object");
}

function reviewResultant(
  client: Reviewer,
  resultant: Resultant,
  parent: Review,
  options: ReviewOptions,
): Response {
  const { namespace, matchNamespace } = parent;
  const review = reviewOfObject(resultant.object, {
    source: "Generated",
    operation: textAt(parent.request, "operation"),
    ...(namespace && { namespace }),
    ...(matchNamespace && { matchNamespace }),
  });
  const response = client.review(review, options);
  const { templateName, enforcementAction } = resultant;
  const results = response.results.map((result) => impliedResult(result, templateName, enforcementAction));
  const stats = response.stats?.map((one) => ({ ...one, impliedBy: templateName }));
  const { explanation } = response;
  const { kind, name } = objectMeta(resultant.object);
  return {
    ...response,
    results,
    ...(stats && { stats }),
    ...(explanation !== undefined && {
      explanation: `${kind} ${name}, implied by ${templateName}:\n${explanation}`,
    }),
  };
}

function merged(responses: readonly Response[]): Response {
  const stats = responses.flatMap((response) => response.stats ?? []);
  const explanations = responses.flatMap(({ explanation = [] }) => explanation);
  const traces = responses.flatMap(({ trace }) => (trace === undefined ? [] : [trace]));
  return {
    results: sortResults(responses.flatMap(({ results }) => results)),
    errors: responses.flatMap(({ errors }) => errors),
    ...(stats.length > 0 && { stats }),
    ...(traces.length > 0 && { trace: traces.join("\n") }),
    ...(explanations.length > 0 && { explanation: explanations.join("\n") }),
  };
}
