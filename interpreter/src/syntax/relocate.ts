import type { Location } from "../location.ts";
import type { Body, Head } from "./ast.ts";

/** A copy of a part of a tree in which everything, down to the leaves, stands at `location`. */
export function relocated<T extends Body | Head>(part: T, location: Location): T {
  return copyAt(part, location) as T;
}

function copyAt(part: unknown, location: Location): unknown {
  if (Array.isArray(part)) return part.map((item) => copyAt(item, location));
  if (!isNode(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, field]) => [
      name,
      name === "location" ? location : copyAt(field, location),
    ]),
  );
}

/** Numbers beyond JavaScript's and places are no nodes. */
function isNode(part: unknown): part is object {
  return typeof part === "object" && part !== null && Object.getPrototypeOf(part) === Object.prototype;
}
