import type { PlainObject } from "@portcullis/interpreter";
import { RECONCILED } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { SYNC_SETS } from "./own-kinds.ts";

/** All SyncSets; they have no status. `onChange` hears of all of them whenever one comes, changes or goes. */
export function syncSets(
  context: ControllerContext,
  onChange: (sets: readonly PlainObject[]) => void,
): Controller {
  const sets = new Map<string, PlainObject>();
  return new KindController(context, {
    resource: SYNC_SETS,
    reconcile(key, object) {
      if (object) sets.set(key, object);
      else sets.delete(key);
      onChange([...sets.values()]);
      return RECONCILED;
    },
  });
}
