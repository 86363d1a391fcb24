import type { FileProblem, Manifest } from "@portcullis/engine/files";
import type { PlainObject } from "@portcullis/interpreter";
import { change, same } from "./differences.ts";

/** A system of parts that stand each for itself: the mutators, the ExpansionTemplates. */
export interface PartSystem {
  /** Adds or replaces; answers what it refuses the part for. */
  upsert(object: PlainObject): string | undefined;
  remove(object: PlainObject): void;
}

/**
 * Brings a system from the parts of one reading to those of the next and tells what changed. What is refused goes into
 * `refused`; its former version stays in force.
 */
export function takeParts(
  system: PartSystem,
  previous: ReadonlyMap<string, Manifest>,
  next: ReadonlyMap<string, Manifest>,
  refused: Map<string, readonly FileProblem[]>,
  changes: string[],
): void {
  for (const [key, { object }] of previous) {
    if (next.has(key)) continue;
    system.remove(object);
    refused.delete(key);
    changes.push(`removed ${key}`);
  }
  for (const [key, manifest] of next) {
    const before = previous.get(key);
    const unchanged = before !== undefined && same(before.object, manifest.object);
    if (unchanged && (before === manifest || !refused.has(key))) continue;
    const problem = system.upsert(manifest.object);
    if (problem === undefined) {
      refused.delete(key);
      changes.push(`${change(before, manifest)} ${key}`);
      continue;
    }
    refused.set(key, [manifest.problem(manifest.place, problem)]);
    if (!unchanged) changes.push(`refused ${key}`);
  }
}
