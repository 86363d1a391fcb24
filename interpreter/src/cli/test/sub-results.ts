import type { RecordedEvent } from "../../observe/trace.ts";
import { isObject } from "../../value/kind.ts";
import { writeJson, toJsonValue } from "../../value/json.ts";
import { compareText } from "../../value/text.ts";
import type { PlainObject, Value } from "../../value/value.ts";

/** How the cases of one test ended, by name. */
export type SubResults = ReadonlyMap<string, SubResult>;

export interface SubResult {
  readonly fail: boolean;
  readonly subResults: SubResults;
  /** What happened up to the next case; empty where nobody recorded it. */
  readonly trace: readonly RecordedEvent[];
}

/** A case that was begun: its keys, and how much had been recorded when the next one began. */
export interface CaseMark {
  readonly keys: readonly Value[];
  trace: readonly RecordedEvent[];
}

interface Draft {
  fail: boolean;
  subResults: Map<string, Draft>;
  trace: readonly RecordedEvent[];
}

/** Cases are what the rule's value says, and those that were begun and are not in it: these failed. */
export function subResultsOf(value: Value, marks: readonly CaseMark[]): SubResults {
  const drafts = draftsOf(value);
  for (const { keys, trace } of marks) update(drafts, keys.map(keyText), trace);
  return sorted(drafts);
}

/** Every sub-result, depth first, with the names that lead to it. */
export function* everySubResult(
  results: SubResults,
  path: readonly string[] = [],
): Iterable<{ readonly path: readonly string[]; readonly result: SubResult }> {
  for (const [name, result] of results) {
    yield { path: [...path, name], result };
    yield* everySubResult(result.subResults, [...path, name]);
  }
}

function draftsOf(value: Value): Map<string, Draft> {
  const json = toJsonValue(value);
  if (!isObject(json)) return new Map();
  return new Map(
    Object.entries(json as PlainObject).map(([name, outcome]) => {
      const subResults = draftsOf(outcome);
      const fail = isObject(outcome) ? [...subResults.values()].some((sub) => sub.fail) : outcome !== true;
      return [name, { fail, subResults, trace: [] }];
    }),
  );
}

function update(
  drafts: Map<string, Draft>,
  path: readonly string[],
  trace: readonly RecordedEvent[],
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  let draft = drafts.get(name);
  if (!draft) {
    draft = { fail: true, subResults: new Map(), trace: [] };
    drafts.set(name, draft);
  }
  if (rest.length === 0) draft.trace = trace;
  else if (update(draft.subResults, rest, trace)) draft.fail = true;
  return draft.fail;
}

function sorted(drafts: Map<string, Draft>): SubResults {
  return new Map(
    [...drafts]
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, { fail, subResults, trace }]) => [name, { fail, subResults: sorted(subResults), trace }]),
  );
}

function keyText(key: Value): string {
  return typeof key === "string" ? key : writeJson(key);
}
