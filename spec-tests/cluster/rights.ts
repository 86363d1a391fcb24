import { readFileSync } from "node:fs";
import { listAt, objectMeta, textAt } from "@portcullis/engine";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";

/** `update secrets`, `patch constrainttemplates/status.templates.gatekeeper.sh`: a verb and what it is used on. */
export type Right = string;

/** What the roles of a chart grant, one line each. */
export function grantedRights(objects: readonly PlainObject[], name: string): readonly Right[] {
  return objects
    .filter(
      (object) =>
        ["Role", "ClusterRole"].includes(textAt(object, "kind")) && objectMeta(object).name === name,
    )
    .flatMap((role) => listAt(role, "rules"))
    .flatMap((rule) => {
      const texts = (field: string): readonly string[] => listAt(rule, field) as readonly string[];
      return texts("apiGroups").flatMap((group) =>
        texts("resources").flatMap((resource) => texts("verbs").map((verb) => right(verb, resource, group))),
      );
    });
}

/** What an API server's audit log says that a user did. */
export interface Usage {
  readonly used: ReadonlySet<Right>;
  /** Refused for the lack of a right. */
  readonly refused: readonly string[];
}

export function usageOf(auditLog: string, user: string): Usage {
  const used = new Set<Right>();
  const refused: string[] = [];
  for (const event of eventsOf(auditLog, user)) {
    const resource = textAt(event, "objectRef", "resource");
    if (resource === "") continue;
    const subresource = textAt(event, "objectRef", "subresource");
    const group = textAt(event, "objectRef", "apiGroup");
    const verb = textAt(event, "verb");
    if (textAt(event, "annotations", "authorization.k8s.io/decision") === "allow") {
      used.add(right(verb, subresource === "" ? resource : `${resource}/${subresource}`, group));
      // Rights on a subresource of whatever kind are granted so.
      if (subresource !== "") used.add(right(verb, `*/${subresource}`, group));
    } else refused.push(`${verb} ${textAt(event, "requestURI")}`);
  }
  return { used, refused };
}

/** The events of a user, oldest first. */
export function eventsOf(auditLog: string, user: string): readonly Value[] {
  return readFileSync(auditLog, "utf8")
    .split("\n")
    .flatMap((line) => {
      const parsed = line === "" ? undefined : parseJson(line);
      return parsed?.ok === true ? [parsed.value] : [];
    })
    .filter((event) => textAt(event, "user", "username") === user);
}

function right(verb: string, resource: string, group: string): Right {
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}`;
}
