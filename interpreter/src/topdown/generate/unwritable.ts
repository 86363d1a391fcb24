/** Thrown for parts of a plan that are not written as JavaScript: their rule stays closures, whose cost lies elsewhere. */
export class Unwritable extends Error {}
