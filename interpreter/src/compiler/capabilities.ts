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
