import type { Location, Observer, TraceEvent } from "@portcullis/interpreter";

/** Where one body of a template's `violation` rule came to. Rows are those of the Rego. */
export interface Decision {
  readonly rule: Location;
  /** True where it gave a violation. */
  readonly held: boolean;
  /** The last expression that did not hold, where the rule gave nothing. */
  readonly failed: Location | undefined;
}

const VIOLATION = "data.template.violation";

/** Watches a review and remembers what came of each body of the `violation` rule. */
export class DecisionRecorder implements Observer {
  readonly #bodies = new Map<number, { rule: Location; held: boolean; failed: Location | undefined }>();

  start(): void {
    this.#bodies.clear();
  }

  event({ op, node, text, location }: TraceEvent): void {
    if (node === "rule" && text === VIOLATION) {
      const body = this.#bodies.get(location.start) ?? { rule: location, held: false, failed: undefined };
      this.#bodies.set(location.start, body);
      if (op === "Exit") body.held = true;
    } else if (node === "expr" && op === "Fail") this.#fail(location);
  }

  /** A failed expression counts for the rule body that its place lies in; the furthest one tells most. */
  #fail(location: Location): void {
    for (const body of this.#bodies.values()) {
      const { rule, failed } = body;
      const isInside =
        location.file === rule.file && location.start >= rule.start && location.end <= rule.end;
      if (isInside && (!failed || location.start >= failed.start)) body.failed = location;
    }
  }

  /** In the order of the text. */
  decisions(): readonly Decision[] {
    return [...this.#bodies.values()].sort((a, b) => a.rule.start - b.rule.start);
  }
}
