import type { Capabilities } from "./capabilities.ts";

export interface CompileOptions {
  /** The builtins that exist, and what else a policy may use. */
  readonly capabilities: Capabilities;
  /** Also report what v1 only reports for v1 modules, and unused vars, args and imports. */
  readonly strict?: boolean;
  /** Keep `print` calls; without it they are taken out. */
  readonly print?: boolean;
  /** Report each case of a test rule (`test_x[case] if …`) to `internal.test_case`. */
  readonly testCases?: boolean;
  /** Builtins that must not be called or mocked although they exist. */
  readonly unsafeBuiltins?: ReadonlySet<string>;
  /** Whether base data has something at a path: a rule there would hide it. */
  readonly dataPathExists?: (path: readonly string[]) => boolean;
  /** How many errors to report at most; 0 for all, 10 by default. */
  readonly errorLimit?: number;
  /** Leave types unchecked (arity and names of functions are always checked). */
  readonly skipTypes?: boolean;
}
