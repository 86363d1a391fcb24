import { compareText } from "@portcullis/interpreter";
import type { Matchable } from "../target/match/matchable.ts";
import { holds } from "../target/match/kinds.ts";
import type { Constraint } from "./constraint.ts";

/**
 * All constraints in force, found by the kind of the object under review: a constraint whose `kinds` cannot match is not
 * looked at.
 */
export class ConstraintRegistry {
  readonly #byKind = new Map<string, Map<string, Constraint>>();
  /** Answers already given, by the object's group and kind; emptied by every change. */
  readonly #found = new Map<string, readonly Constraint[]>();

  get(kind: string, name: string): Constraint | undefined {
    return this.#byKind.get(kind)?.get(name);
  }

  put(constraint: Constraint): void {
    const { kind, name } = constraint.ref;
    let ofKind = this.#byKind.get(kind);
    if (!ofKind) this.#byKind.set(kind, (ofKind = new Map()));
    const { parametersText: text } = constraint;
    const alike = [...ofKind.values()].find((other) => other.parametersText === text);
    ofKind.set(name, alike ? { ...constraint, parameters: alike.parameters } : constraint);
    this.#found.clear();
  }

  /** True where there was one. */
  remove(kind: string, name: string): boolean {
    const ofKind = this.#byKind.get(kind);
    if (!ofKind?.delete(name)) return false;
    if (ofKind.size === 0) this.#byKind.delete(kind);
    this.#found.clear();
    return true;
  }

  removeKind(kind: string): void {
    this.#byKind.delete(kind);
    this.#found.clear();
  }

  /** By kind and name; those of one kind where it is given. */
  list(kind?: string): readonly Constraint[] {
    const kinds = kind === undefined ? [...this.#byKind.keys()].sort(compareText) : [kind];
    return kinds.flatMap((each) => {
      const ofKind = this.#byKind.get(each);
      return ofKind ? [...ofKind.values()].sort((a, b) => compareText(a.ref.name, b.ref.name)) : [];
    });
  }

  /** The constraints that can match objects of a kind, by kind and name. */
  forKind(group: string, kind: string): readonly Constraint[] {
    return this.list().filter((constraint) => isOpenTo(constraint, group, kind));
  }

  /** The constraints whose `kinds` match one of these objects, by kind and name; all of them where there is no object. */
  forObjects(candidates: readonly Matchable[]): readonly Constraint[] {
    if (candidates.length === 0) return this.list();
    const types = [...new Set(candidates.map(({ meta }) => `${meta.group}/${meta.kind}`))];
    const key = types.join(" ");
    let found = this.#found.get(key);
    if (!found) {
      found = this.list().filter((constraint) =>
        candidates.some(({ meta }) => isOpenTo(constraint, meta.group, meta.kind)),
      );
      // Kinds come from requests: an attacker must not be able to fill the memory with them.
      if (this.#found.size >= MAX_TYPES) this.#found.clear();
      this.#found.set(key, found);
    }
    return found;
  }
}

function isOpenTo({ matcher }: Constraint, group: string, kind: string): boolean {
  return matcher.kinds.length === 0 || matcher.kinds.some((entry) => holds(entry, group, kind));
}

const MAX_TYPES = 1_000;
