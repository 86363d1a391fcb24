import type { PlainObject } from "@portcullis/interpreter";
import type { FieldPath } from "./manifest.ts";
import { listAt, textAt } from "../kubernetes/object-meta.ts";

/**
 * The field of a template that holds a module of its Rego: `template`, or `libs["lib_0"]` and on. The plain field goes before
 * the list of codes, as where templates are loaded.
 */
export function regoField(template: PlainObject, module: string): FieldPath | undefined {
  const target: FieldPath = ["spec", "targets", 0];
  const [first] = listAt(template, "spec", "targets");
  if (first === undefined) return undefined;
  const code = listAt(first, "code").findIndex((one) => textAt(one, "engine") === "Rego");
  const owner = textAt(first, "rego") !== "" || code < 0 ? target : [...target, "code", code, "source"];
  const lib = /^libs\["lib_(\d+)"\]$/.exec(module)?.[1];
  return lib === undefined ? [...owner, "rego"] : [...owner, "libs", Number(lib)];
}
