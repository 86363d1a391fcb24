import { listAt, textAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { changed, unsupported } from "./remark.ts";
import type { Remark } from "./remark.ts";

/** What is refused here for `failure`: no loss where Gatekeeper's own pods say in its status that they cannot use it either. */
export function refused(object: PlainObject, failure: string): Remark {
  const [theirs] = statusErrors(object);
  if (theirs === undefined) return unsupported(`it is refused: ${failure}`, "mend it");
  return changed(`Gatekeeper does not enforce it either: ${theirs}`, "mend or delete it");
}

/** What pods wrote into its status. */
function statusErrors(object: PlainObject): readonly string[] {
  const errors = listAt(object, "status", "byPod").flatMap((pod) => listAt(pod, "errors"));
  return errors.map((error) => textAt(error, "message")).filter((message) => message !== "");
}
