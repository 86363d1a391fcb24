import { isObject, kindOf } from "../value/kind.ts";
import { objectEntries, objectGet } from "../value/object.ts";
import type { RegoObject } from "../value/object.ts";
import { equals } from "../value/order.ts";
import { RegoSet } from "../value/set.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { OperandError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { objectOperand } from "./operands.ts";
import { ANY, arrayOf, named, objectOf, setOf, tuple, union } from "../value/type.ts";
export const graphBuiltins = defineBuiltins([
  {
    name: "graph.reachable",
    decl: {
      args: [
        named(
          "graph",
          objectOf(ANY, union(arrayOf(ANY), setOf(ANY))),
          "object containing a set or array of neighboring vertices",
        ),
        named("initial", union(arrayOf(ANY), setOf(ANY)), "set or array of root vertices"),
      ],
      result: named(
        "output",
        setOf(ANY),
        "set of vertices reachable from the `initial` vertices in the directed `graph`",
      ),
    },
    description: "Computes the set of reachable nodes in the graph from a set of starting nodes.",
    categories: ["graph"],
    run: graphReachable,
  },
  {
    name: "graph.reachable_paths",
    decl: {
      args: [
        named(
          "graph",
          objectOf(ANY, union(arrayOf(ANY), setOf(ANY))),
          "object containing a set or array of root vertices",
        ),
        named("initial", union(arrayOf(ANY), setOf(ANY)), "initial paths"),
      ],
      result: named(
        "output",
        setOf(arrayOf(ANY)),
        "paths reachable from the `initial` vertices in the directed `graph`",
      ),
    },
    description: "Computes the set of reachable paths in the graph from a set of starting nodes.",
    categories: ["graph"],
    run: graphReachablePaths,
  },
  {
    name: "walk",
    decl: {
      args: [named("x", ANY, "value to walk")],
      result: named(
        "output",
        tuple(arrayOf(ANY), ANY),
        "pairs of `path` and `value`: `path` is an array representing the pointer to `value` in `x`. If `path` is assigned a wildcard (`_`), the `walk` function will skip path creation entirely for faster evaluation.",
      ),
    },
    description:
      "Generates `[path, value]` tuples for all nested documents of `x` (recursively).  Queries can use `walk` to traverse documents nested under `x`.",
    categories: ["graph"],
    relation: true,
    run: walk,
  },
]);

type Graph = PlainObject | RegoObject;

/** The nodes that can be reached from the initial ones, as far as they are keys of the graph. */
function graphReachable(args: readonly Value[], context: BuiltinContext): Value {
  const graph = objectOperand(args[0], 1);
  const queue = [...initialNodes(args[1])];
  const reached = new RegoSet();
  for (let next = 0; next < queue.length; next++) {
    const node = queue[next] as Value;
    const edges = objectGet(graph, node);
    if (edges === undefined || !reached.add(node)) continue;
    const neighbours = neighboursOf(edges);
    context.collect(1 + neighbours.length);
    for (const neighbour of neighbours) if (!reached.has(neighbour)) queue.push(neighbour);
  }
  return reached;
}

/**
 * The paths from each initial node to where it goes no further: a node without edges, a node outside of the graph (which
 * is left out), or one that is on the path already. The first step alone may lead back to where it began (`["a", "a"]`).
 */
function graphReachablePaths(args: readonly Value[], context: BuiltinContext): Value {
  const graph = objectOperand(args[0], 1);
  const paths = new RegoSet();
  for (const node of initialNodes(args[1])) {
    const edges = objectGet(graph, node);
    if (edges === undefined) continue;
    const neighbours = neighboursOf(edges);
    if (neighbours.length === 0) paths.add([node]);
    for (const neighbour of neighbours) {
      collectPaths(graph, neighbour, [node], paths, context);
    }
  }
  return paths;
}

/** One node on the way, and how many of its neighbours have been followed. */
interface Step {
  readonly path: readonly Value[];
  readonly neighbours: readonly Value[];
  next: number;
}

function collectPaths(
  graph: Graph,
  start: Value,
  origin: readonly Value[],
  paths: RegoSet,
  context: BuiltinContext,
): void {
  const steps: Step[] = [];
  // A list of steps, not recursion: a chain may be longer than the stack is deep.
  const enter = (node: Value, path: readonly Value[]): void => {
    context.collect(1 + path.length);
    const edges = objectGet(graph, node);
    if (edges === undefined) {
      paths.add(path);
      return;
    }
    const longer = [...path, node];
    const neighbours = neighboursOf(edges);
    if (neighbours.length === 0) paths.add(longer);
    else steps.push({ path: longer, neighbours, next: 0 });
  };
  enter(start, origin);
  for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
    const neighbour = step.neighbours[step.next++];
    if (neighbour === undefined) steps.pop();
    else if (step.path.some((node) => equals(node, neighbour))) paths.add(step.path);
    else enter(neighbour, step.path);
  }
}

/** Every value inside of `x` with the path to it, parents first. A set's element is its own step in a path. */
function walk(args: readonly Value[], context: BuiltinContext): Value {
  const found: Value[] = [];
  collect(args[0] as Value, [], found, context);
  return found;
}

function collect(value: Value, path: readonly Value[], found: Value[], context: BuiltinContext): void {
  context.collect(2 + path.length);
  found.push([path, value]);
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    const elements = value as readonly Value[];
    for (let i = 0; i < elements.length; i++) collect(elements[i] as Value, [...path, i], found, context);
  } else if (value instanceof RegoSet) {
    for (const element of value.sorted()) collect(element, [...path, element], found, context);
  } else if (isObject(value)) {
    for (const [key, member] of objectEntries(value)) collect(member, [...path, key], found, context);
  }
}

function initialNodes(value: Value | undefined): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  if (value instanceof RegoSet) return value.sorted();
  throw new OperandError(
    `operand 2 must be {array, set} but got ${value === undefined ? "nothing" : kindOf(value)}`,
  );
}

/** A node whose edges are no collection has none. */
function neighboursOf(edges: Value): readonly Value[] {
  if (Array.isArray(edges)) return edges as readonly Value[];
  return edges instanceof RegoSet ? edges.sorted() : [];
}
