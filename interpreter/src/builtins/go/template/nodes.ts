/** The tree of a Go text/template. */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: Pipeline }
  | Branch
  | { readonly kind: "break" | "continue" }
  | {
      readonly kind: "template";
      readonly name: string;
      readonly pipeline: Pipeline | undefined;
      readonly source: Source;
    };

export interface Branch {
  readonly kind: "if" | "range" | "with";
  readonly pipeline: Pipeline;
  readonly list: readonly Node[];
  readonly elseList: readonly Node[] | undefined;
}

export interface Pipeline {
  readonly declared: readonly string[];
  /** `$x = 1` sets a variable that exists, `$x := 1` makes one. */
  readonly isAssign: boolean;
  readonly commands: readonly Command[];
  readonly source: Source;
}

export interface Command {
  readonly args: readonly Operand[];
  readonly source: Source;
}

/** Where a node stands, and its text as messages show it. */
export interface Source {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export type Operand = { readonly source: Source } & (
  | { readonly kind: "dot" | "nil" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline }
  | { readonly kind: "chain"; readonly base: Operand; readonly path: readonly string[] }
);
