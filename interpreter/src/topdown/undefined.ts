/** Marks in a cache what was evaluated and has no value. */
export const UNDEFINED = Symbol("undefined");
