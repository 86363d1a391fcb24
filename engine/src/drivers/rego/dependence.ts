import { walkRule } from "@portcullis/interpreter";
import type { Builtin, Module, RefTerm, Term } from "@portcullis/interpreter";
import type { Dependence, InventoryRead } from "../../client.ts";

/** What a verdict can depend on besides the review and the parameters. */
export interface Dependences {
  readonly dependsOn: Dependence;
  /** Which parts of the inventory are read, each once. */
  readonly reads: readonly InventoryRead[];
}

/**
 * What the verdict of a template can depend on, as its text tells: references below `data.inventory`, calls of builtins that
 * answer differently each time. It errs towards more.
 */
export function dependenceOf(
  modules: readonly Module[],
  builtins: ReadonlyMap<string, Builtin>,
): Dependences {
  let isOfWorld = false;
  const reads = new Map<string, InventoryRead>();
  const visit = (term: Term): void => {
    // No var stands for `data`: a template may not name it alone.
    if (term.kind !== "ref") return;
    const names = namesOf(term);
    const builtin = builtins.get(names.join("."));
    if (builtin?.nondeterministic === true || builtin?.readsClock === true) isOfWorld = true;
    else if (names[0] === "data" && names[1] !== "lib") {
      const read = readOf(term);
      reads.set(`${read.groupVersion ?? "*"} ${read.kind ?? "*"}`, read);
    }
  };
  for (const module of modules) for (const rule of module.rules) walkRule(rule, { term: visit });
  const ofData = reads.size > 0 ? "inventory" : "object";
  return { dependsOn: isOfWorld ? "world" : ofData, reads: [...reads.values()] };
}

/** `data.inventory.cluster`, as far as it is spelled out. */
function namesOf(ref: RefTerm): readonly string[] {
  const names: string[] = [];
  for (const part of ref.parts) {
    if (part.kind === "var" && names.length === 0) names.push(part.name);
    else if (part.kind === "scalar" && typeof part.value === "string") names.push(part.value);
    else break;
  }
  return names;
}

/** Where the group and version stand below `data.inventory`; the kind is behind them. */
const GROUP_VERSION_AT: Readonly<Record<string, number>> = { cluster: 3, namespace: 4 };

/** What is not spelled out may be anything. */
function readOf({ parts }: RefTerm): InventoryRead {
  const at = textOf(parts[1]) === "inventory" ? GROUP_VERSION_AT[textOf(parts[2]) ?? ""] : undefined;
  if (at === undefined) return {};
  const groupVersion = textOf(parts[at]);
  const kind = textOf(parts[at + 1]);
  return { ...(groupVersion !== undefined && { groupVersion }), ...(kind !== undefined && { kind }) };
}

function textOf(part: Term | undefined): string | undefined {
  return part?.kind === "scalar" && typeof part.value === "string" ? part.value : undefined;
}
