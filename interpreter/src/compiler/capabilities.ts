import type { RefTerm, Term } from "../syntax/ast.ts";
import type { FunctionType } from "../value/type.ts";

/**
 * What a policy may use: OPA's capabilities JSON. The compiler and the planner get it as an argument, derived
 * from the builtin rows.
 */
export interface Capabilities {
  readonly builtins: readonly CapabilityBuiltin[];
  readonly future_keywords: readonly string[];
  readonly features: readonly string[];
  readonly allow_net?: readonly string[];
}

export interface CapabilityBuiltin {
  readonly name: string;
  readonly decl: FunctionType & { readonly type: "function" };
  readonly infix?: string;
  readonly nondeterministic?: boolean;
  readonly deprecated?: boolean;
  readonly relation?: boolean;
}

/** The builtin whose dotted name a ref spells. */
export function builtinNamed(
  builtins: ReadonlyMap<string, CapabilityBuiltin>,
  parts: RefTerm["parts"],
): CapabilityBuiltin | undefined {
  const head = parts[0];
  if (head.kind !== "var" || head.name === "data") return undefined;
  if (parts.length === 1) return builtins.get(head.name);
  let name = head.name;
  for (let index = 1; index < parts.length; index++) {
    const part = parts[index] as Term;
    if (part.kind !== "scalar" || typeof part.value !== "string") return undefined;
    name += `.${part.value}`;
  }
  return builtins.get(name);
}
