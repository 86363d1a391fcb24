/**
 * The text of a JavaScript function that is being written. It consists of fixed texts, numbers, and names of properties as JSON
 * strings; all else of a policy is handed over as values, so none of its text can become code.
 */
export class ProgramText {
  readonly #lines: string[] = [];
  readonly #given: unknown[] = [];
  readonly #names = new Map<unknown, string>();
  #variables = 0;
  #labels = 0;
  #length = 0;

  line(text: string): void {
    this.#length += text.length + 1;
    if (this.#length > LONGEST) throw new TooLong();
    this.#lines.push(text);
  }

  /** A new variable of the function. */
  variable(): string {
    return `t${this.#variables++}`;
  }

  /** A block that `leave LABEL` ends: what `write` writes gets the label. */
  block(write: (label: string) => void): void {
    const label = `l${this.#labels++}`;
    this.line(`${label}: {`);
    write(label);
    this.line("}");
  }

  /** A name for a value that the code gets. */
  give(value: unknown): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = `c${this.#given.push(value) - 1}`;
      this.#names.set(value, name);
    }
    return name;
  }

  /**
   * The function, of `parameters`, with `slots` variables `s0`, `s1`, … of its own. Undefined where the host forbids to make code
   * of strings.
   */
  compile(parameters: string, slots: number): unknown {
    const variables = Array.from({ length: this.#variables }, (_none, i) => `t${i}`);
    for (let i = 0; i < slots; i++) variables.push(`s${i}`);
    const given = this.#given.map((_value, i) => `c${i} = c[${i}]`);
    const text = [
      '"use strict";',
      given.length === 0 ? "" : `const ${given.join()};`,
      `return (${parameters}) => {`,
      variables.length === 0 ? "" : `let ${variables.join()};`,
      ...this.#lines,
      "};",
    ].join("\n");
    try {
      // eslint-disable-next-line typescript/no-implied-eval
      const make = new Function("c", text) as (given: readonly unknown[]) => unknown;
      return make(this.#given);
    } catch (error) {
      if (error instanceof EvalError) return undefined;
      throw error;
    }
  }
}

/** Thrown for what had better not be one function: engines do not optimise it, and few policies are so long. */
export class TooLong extends Error {}

/** In UTF-16 units. */
const LONGEST = 200_000;
