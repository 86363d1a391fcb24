import { BuiltinError } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";

/** No builtin makes a longer text, in UTF-16 units: a policy could fill the memory with one call. */
const MAX_TEXT = 2 ** 27;

/**
 * Refuses a text that is absurdly long, and charges for making it; `added` is the part that is new where a text grows
 * piece by piece. Both count UTF-16 units.
 */
export function chargeText(length: number, context: BuiltinContext, added = length): void {
  if (length > MAX_TEXT) throw new BuiltinError(`text of more than ${MAX_TEXT} characters`);
  context.charge(1 + (added >> 6));
}
