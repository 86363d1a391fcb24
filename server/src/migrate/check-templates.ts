import { createClient, listAt, objectMeta, textAt } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { apiServerRefusal } from "../local/api-server-checks.ts";
import { changed, checkedObject, unsupported } from "./remark.ts";
import { refused } from "./refused.ts";
import type { Checked, Remark, Sourced } from "./remark.ts";

export interface CheckedTemplates {
  readonly checked: readonly Checked[];
  /** Holds the templates that are supported. */
  readonly client: Client;
  /** Names of the templates that call `http.send`. */
  readonly callers: readonly string[];
}

/** Compiles each template, and looks at what it needs besides. */
export function checkTemplates(templates: readonly Sourced[]): CheckedTemplates {
  const client = createClient();
  const callers = new Set<string>();
  const checked = templates.map((template) => {
    const remarks = templateRemarks(client, template.object);
    const { name } = objectMeta(template.object);
    if (calls(template.object, HTTP_SEND)) callers.add(name);
    return checkedObject(template, remarks);
  });
  return { checked, client, callers: [...callers] };
}

const HTTP_SEND = "http.send";

function templateRemarks(client: Client, object: PlainObject): readonly Remark[] {
  const [target] = listAt(object, "spec", "targets");
  const engines = new Set(listAt(target, "code").map((entry) => textAt(entry, "engine")));
  const hasRego = textAt(target, "rego") !== "" || engines.has("Rego");
  if (engines.has(CEL) && !hasRego) return [unsupported(CEL_ALONE, CEL_ALONE_TODO)];
  const refusal = apiServerRefusal(object);
  const outcome = client.addTemplate(object);
  const failure = outcome.ok ? refusal?.message : outcome.error.message;
  if (failure !== undefined) return [failureRemark(object, failure)];
  return [
    ...(engines.has(CEL) ? [changed(CEL_BESIDES, CEL_BESIDES_TODO)] : []),
    ...(calls(object, HTTP_SEND) ? [changed(HTTP_SEND_IS_CONFINED, HTTP_SEND_TODO)] : []),
    ...(calls(object, "net.lookup_ip_addr") ? [changed(LOOKUP_IS_CONFINED, HTTP_SEND_TODO)] : []),
  ];
}

const CEL = "K8sNativeValidation";
const CEL_ALONE = "its only code is CEL, which is not evaluated: nothing would be enforced";
const CEL_ALONE_TODO =
  "add Rego beside the CEL (spec.targets[0].rego), or keep the policy as a ValidatingAdmissionPolicy of your own";
const CEL_BESIDES = "Gatekeeper evaluates its CEL, Portcullis its Rego: the texts of messages can differ";
const CEL_BESIDES_TODO = "see that both say the same: `gator verify` with the template's suite runs the Rego";
const HTTP_SEND_IS_CONFINED =
  "it calls http.send, which reaches nothing here unless --allow-net names the host; Gatekeeper lets it reach everything";
const LOOKUP_IS_CONFINED =
  "it calls net.lookup_ip_addr, which answers here only for hosts that --allow-net names";
const HTTP_SEND_TODO = "name the hosts: chart values `allowNet` and `disabledBuiltins: []`";

function failureRemark(object: PlainObject, failure: string): Remark {
  if (!/\bexternal_data\b/.test(failure)) return refused(object, failure);
  return unsupported(
    "it asks a Provider with external_data, which Portcullis does not have",
    "leave it to Gatekeeper, or get at the data by other means (sync, parameters)",
  );
}

/** A template calls a builtin when it compiles with it and not without. */
function calls(object: PlainObject, builtin: string): boolean {
  return (
    createClient().compileTemplate(object).ok &&
    !createClient({ disabledBuiltins: [builtin] }).compileTemplate(object).ok
  );
}
