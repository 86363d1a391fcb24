/** How a name came into a scope. */
export type Occurrence = "arg" | "seen" | "assigned" | "declared";

interface Layer {
  readonly locals: Map<string, string>;
  readonly occurrence: Map<string, Occurrence>;
  readonly count: Map<string, number>;
}

function newLayer(): Layer {
  return { locals: new Map(), occurrence: new Map(), count: new Map() };
}

/** The scopes that RewriteLocalVars is in, innermost last: which source name stands for which local. */
export class DeclaredVars {
  #layers: Layer[] = [newLayer()];

  /** A stack with one layer that knows all that this one knows. */
  copy(): DeclaredVars {
    const copy = new DeclaredVars();
    const target = copy.top;
    for (const layer of this.#layers) {
      for (const [name, local] of layer.locals) target.locals.set(name, local);
      for (const [name, how] of layer.occurrence) target.occurrence.set(name, how);
      for (const [name, count] of layer.count) target.count.set(name, count);
    }
    return copy;
  }

  get top(): Layer {
    return this.#layers[this.#layers.length - 1] as Layer;
  }

  push(): void {
    this.#layers.push(newLayer());
  }

  pop(): void {
    this.#layers.pop();
  }

  insert(name: string, local: string, how: Occurrence): void {
    const { top } = this;
    top.locals.set(name, local);
    top.occurrence.set(name, how);
    top.count.set(name, 1);
  }

  /** The local a name stands for; a name that was only seen stands for itself. */
  local(name: string): string | undefined {
    return this.#find((layer) => layer.locals.get(name));
  }

  /** How the name came into the innermost scope, if it did. */
  occurrenceHere(name: string): Occurrence | undefined {
    return this.top.occurrence.get(name);
  }

  /** How the name came into the nearest scope that has it. */
  occurrence(name: string): Occurrence | undefined {
    return this.#find((layer) => layer.occurrence.get(name));
  }

  countUse(name: string): void {
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const { count } = this.#layers[index] as Layer;
      const before = count.get(name);
      if (before !== undefined) {
        count.set(name, before + 1);
        return;
      }
    }
    this.top.count.set(name, 1);
  }

  count(name: string): number {
    return this.#find((layer) => layer.count.get(name)) ?? 0;
  }

  #find<T>(get: (layer: Layer) => T | undefined): T | undefined {
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const found = get(this.#layers[index] as Layer);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
