import { Boxed } from "../value/boxed.ts";
import type { Value } from "../value/value.ts";

/**
 * Freezes a value and all that it holds, and stops at what is frozen already. Immer does not look into frozen values,
 * which makes commits cost what the touched maps cost and not what the stored objects cost.
 */
export function freezeValue(value: Value): Value {
  if (typeof value !== "object" || value === null || value instanceof Boxed || Object.isFrozen(value))
    return value;
  const members: readonly Value[] = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) freezeValue(member);
  return Object.freeze(value);
}
