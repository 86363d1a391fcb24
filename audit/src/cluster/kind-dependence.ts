import type { Client, Dependence, ExpansionSystem } from "@portcullis/engine";
import type { DataRevisions } from "../incremental/data-revisions.ts";

/** From little to much. */
const DEPENDENCES: readonly (Dependence | "nothing")[] = ["nothing", "object", "inventory", "world"];

/** What the verdict on objects of a kind depends on, everything included that they imply. */
export interface KindDependence {
  readonly dependsOn: Dependence | "nothing";
  /** Of the part of the inventory that it depends on; 0 where that is none. */
  readonly dataRevision: number;
}

/**
 * `nothing`: no constraint can match objects of the kind, by group and kind. Gatekeeper's `--audit-match-kind-only` ignores
 * groups, and lists, say, every Ingress of a group that nobody asks for; and it leaves out kinds that only imply what a
 * constraint names.
 */
export function kindDependence(
  kind: { readonly group: string; readonly version: string; readonly kind: string },
  { client, expansion }: { readonly client: Client; readonly expansion: ExpansionSystem },
  data: DataRevisions,
): KindDependence {
  const all = [kind, ...expansion.impliedKinds(kind)];
  const most = Math.max(
    ...all.map((each) => DEPENDENCES.indexOf(client.dependence(each, "audit.gatekeeper.sh"))),
  );
  const dependsOn = DEPENDENCES[most] ?? "nothing";
  const reads =
    dependsOn === "inventory"
      ? all.flatMap((each) => client.inventoryReads(each, "audit.gatekeeper.sh"))
      : [];
  return { dependsOn, dataRevision: data.of(reads) };
}
