import { LLkLookaheadStrategy, type ILookaheadStrategy } from "chevrotain";

/** One token of lookahead decides everywhere; where it does not, the grammar looks itself. */
export const LOOKAHEAD = 1;

type Alternation = ILookaheadStrategy["buildLookaheadForAlternation"];
type Optional = ILookaheadStrategy["buildLookaheadForOptional"];

/**
 * Chevrotain's own lookahead, worked out for a place of the grammar when a parse first comes there. Working all of them
 * out takes most of the time in which a short-lived process gets its parser, and a policy comes to few.
 */
export class LazyLookahead extends LLkLookaheadStrategy implements ILookaheadStrategy {
  constructor() {
    super({ maxLookahead: LOOKAHEAD });
  }

  override buildLookaheadForAlternation(options: Parameters<Alternation>[0]): ReturnType<Alternation> {
    let decide: ReturnType<Alternation> | undefined;
    const build = (): ReturnType<Alternation> => super.buildLookaheadForAlternation(options);
    return function (this: unknown, alternatives) {
      decide ??= build();
      return decide.call(this, alternatives);
    };
  }

  override buildLookaheadForOptional(options: Parameters<Optional>[0]): ReturnType<Optional> {
    let decide: ReturnType<Optional> | undefined;
    const build = (): ReturnType<Optional> => super.buildLookaheadForOptional(options);
    return function (this: unknown) {
      decide ??= build();
      return decide.call(this);
    };
  }
}
