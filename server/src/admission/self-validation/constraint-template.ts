import { listAt } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { Verdict } from "../verdict.ts";

/**
 * A template must have one known target, a name equal to its kind in lower case and a schema that makes a CRD. Its Rego
 * is not compiled here: a broken policy is admitted, and its error stands where the template is loaded.
 */
export function refuseTemplate(template: PlainObject, client: Client): Verdict | undefined {
  for (const target of listAt(template, "spec", "targets")) {
    const operations = listAt(target, "operations");
    if (operations.includes("*") && operations.length > 1) {
      return { allowed: false, code: 500, message: "if '*' is present, must not specify other operations" };
    }
  }
  const outcome = client.validateTemplate(template);
  return outcome.ok ? undefined : { allowed: false, code: 422, message: outcome.error.message };
}
