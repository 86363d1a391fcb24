import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta } from "../kubernetes/object-meta.ts";
import type { MutationSystem } from "../mutation/system.ts";
import { MutationError } from "../mutation/walk.ts";
import { ExpansionError, generate } from "./generate.ts";
import { expandsKind, InvalidExpansionTemplateError } from "./template.ts";
import type { ExpansionTemplate, GroupVersionKind } from "./template.ts";

/** How deep generated objects may generate others. */
const MAX_DEPTH = 30;

/** An object that another one implies. */
export interface Resultant {
  readonly object: PlainObject;
  /** The ExpansionTemplate that generated it. */
  readonly templateName: string;
  readonly enforcementAction: string;
}

/** All ExpansionTemplates, and what they make of an object. */
export class ExpansionSystem {
  readonly #mutation: MutationSystem;
  readonly #templates = new Map<string, ExpansionTemplate>();
  #cyclic: ReadonlySet<string> = new Set();

  /** Generated objects pass through the mutators that match them. */
  constructor(mutation: MutationSystem) {
    this.#mutation = mutation;
  }

  /**
   * Adds or replaces a template. Throws {@link InvalidExpansionTemplateError} when it closes a cycle; all templates of the cycle are
   * kept but expand nothing until the cycle is gone.
   */
  upsert(template: ExpansionTemplate): void {
    this.#templates.set(template.name, template);
    this.#cyclic = cyclicTemplates([...this.#templates.values()]);
    if (this.#cyclic.has(template.name))
      throw new InvalidExpansionTemplateError("template forms expansion cycle");
  }

  remove(name: string): void {
    if (this.#templates.delete(name)) this.#cyclic = cyclicTemplates([...this.#templates.values()]);
  }

  /** Names of the templates that expand nothing because they form a cycle. */
  conflicts(): readonly string[] {
    return [...this.#cyclic].sort();
  }

  /** The templates as they were given, by name; those of cycles too. */
  objects(): readonly PlainObject[] {
    return [...this.#templates.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ object }) => object);
  }

  /** The kinds of everything that objects of a kind imply, step by step. */
  impliedKinds(kind: GroupVersionKind): readonly GroupVersionKind[] {
    const found = new Map<string, GroupVersionKind>();
    const open = [kind];
    for (let next = open.pop(); next; next = open.pop()) {
      for (const template of this.#templatesOf(next)) {
        if (found.has(template.name)) continue;
        found.set(template.name, template.generated);
        open.push(template.generated);
      }
    }
    return [...found.values()];
  }

  /** True when some template applies to the object: its expansion would not be empty. */
  applies(object: PlainObject): boolean {
    return this.#templatesFor(object).length > 0;
  }

  /**
   * Everything the object implies, generated objects of generated objects included; the object itself is not part of it.
   * `namespace` is the Namespace object of the parent, where it is known. Throws {@link ExpansionError}.
   */
  expand(object: PlainObject, namespace: PlainObject | undefined): readonly Resultant[] {
    const resultants: Resultant[] = [];
    const visit = (parent: PlainObject, depth: number): void => {
      const templates = this.#templatesFor(parent);
      if (templates.length > 0 && depth >= MAX_DEPTH) {
        throw new ExpansionError(`maximum recursion depth of ${MAX_DEPTH} reached`);
      }
      for (const template of templates) {
        const generated = this.#mutated(generate(parent, namespace, template), namespace);
        const { name: templateName, enforcementAction } = template;
        resultants.push({ object: generated, templateName, enforcementAction });
        visit(generated, depth + 1);
      }
    };
    const { apiVersion, kind, name } = objectMeta(object);
    if (apiVersion === "" && kind === "") {
      throw new ExpansionError(
        `error expanding resource ${name}: cannot expand resource ${name} with empty GVK`,
      );
    }
    visit(object, 0);
    return resultants;
  }

  #templatesFor(object: PlainObject): readonly ExpansionTemplate[] {
    return this.#templates.size === 0 ? [] : this.#templatesOf(objectMeta(object));
  }

  #templatesOf(gvk: GroupVersionKind): readonly ExpansionTemplate[] {
    return [...this.#templates.values()]
      .filter((template) => !this.#cyclic.has(template.name) && expandsKind(template, gvk))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #mutated(object: PlainObject, namespace: PlainObject | undefined): PlainObject {
    try {
      const target = { object, operation: "", source: "Generated" } as const;
      return this.#mutation.mutate(namespace ? { ...target, namespace } : target).object;
    } catch (error) {
      if (!(error instanceof MutationError)) throw error;
      const { name } = objectMeta(object);
      throw new ExpansionError(`failed to mutate resultant resource ${name}: ${error.message}`, {
        cause: error,
      });
    }
  }
}

/** Names of the templates from which, generating on and on, one comes back to itself. */
function cyclicTemplates(templates: readonly ExpansionTemplate[]): ReadonlySet<string> {
  const next = new Map(
    templates.map((template) => [
      template.name,
      templates.filter((other) => expandsKind(other, template.generated)).map((other) => other.name),
    ]),
  );
  const cyclic = new Set<string>();
  for (const start of next.keys()) {
    const seen = new Set<string>();
    const open = [...(next.get(start) ?? [])];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === start) {
        cyclic.add(start);
        break;
      }
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(...(next.get(name) ?? []));
    }
  }
  return cyclic;
}
