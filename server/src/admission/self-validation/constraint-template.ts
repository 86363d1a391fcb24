import { listAt, objectAt, textAt } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import { templateRefusal } from "@portcullis/engine/files";
import { equals } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { AdmissionOptions } from "../policies.ts";
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

/**
 * Beyond Gatekeeper, and only when it is told to: a template whose Rego does not compile is refused, with line and caret.
 * One that is broken already can be deleted, and changed as long as its spec stays.
 */
export function refuseBrokenRego(
  request: PlainObject,
  template: PlainObject,
  client: Client,
  { refuseBrokenTemplates = false }: AdmissionOptions,
): Verdict | undefined {
  if (!refuseBrokenTemplates || textAt(request, "operation") === "DELETE") return undefined;
  const before = objectAt(request, "oldObject", "spec");
  if (before && equals(before, objectAt(template, "spec") ?? {})) return undefined;
  const outcome = client.compileTemplate(template);
  return outcome.ok
    ? undefined
    : { allowed: false, code: 422, message: templateRefusal(template, outcome.error) };
}
