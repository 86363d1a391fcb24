import type { RefTerm } from "../syntax/ast.ts";
import type { RuleEntry } from "./module-entry.ts";

/** A rule or one of its else branches: they read on their own, and are read together. */
export interface GraphNode {
  readonly entry: RuleEntry;
  /** 0 for the rule, 1 for its first else. */
  readonly branch: number;
  readonly reads: Map<GraphNode, Read>;
}

/** Why one rule reads another. */
export interface Read {
  /**
   * The first ref that may select the rule only through a term nobody knows; undefined where some ref selects
   * it for certain.
   */
  readonly uncertain: UncertainRead | undefined;
}

export interface UncertainRead {
  readonly ref: RefTerm;
  /** Indices of the parts of the ref that decide. */
  readonly positions: readonly number[];
}

export interface RuleGraph {
  readonly nodes: readonly GraphNode[];
  readonly ofEntry: ReadonlyMap<RuleEntry, readonly GraphNode[]>;
}
