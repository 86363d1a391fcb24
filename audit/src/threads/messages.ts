import type { SweepError } from "../sweep-error.ts";
import type { JudgedObjects, PageRead, PageText } from "./evaluator.ts";

/** What a thread needs to begin: `workerData`. */
export interface ThreadSetup {
  readonly referentialRules: boolean;
  readonly disabledBuiltins: readonly string[];
  /** Hosts that templates may reach. */
  readonly allowNet: readonly string[];
  readonly reviewTimeoutMs: number;
  /** Tell what templates took. */
  readonly stats?: boolean;
}

/** From the sweep to a thread. */
export type ToThread =
  | { readonly kind: "policies"; readonly text: string }
  /** JSON texts of lists: exact numbers would lose their class on the way. */
  | { readonly kind: "data"; readonly put: string; readonly removed: string }
  /** A sweep begins: what was known of Namespaces is old. */
  | { readonly kind: "run" }
  | { readonly kind: "page"; readonly id: number; readonly page: PageText }
  | { readonly kind: "namespace"; readonly name: string; readonly answer: NamespaceAnswer };

/** `text` is the Namespace's JSON; without either there is none. */
export interface NamespaceAnswer {
  readonly text?: string;
  readonly error?: string;
}

/** From a thread to the sweep. */
export type FromThread =
  | { readonly kind: "problems"; readonly errors: readonly SweepError[] }
  | { readonly kind: "read"; readonly id: number; readonly page: PageRead }
  | { readonly kind: "judged"; readonly id: number; readonly result: JudgedObjects }
  | { readonly kind: "namespace?"; readonly name: string }
  | { readonly kind: "print"; readonly line: string };
