import { setOwn } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isAlias, isMap, isPair, isScalar, isSeq } from "yaml";
import type { Node, ParsedNode, Scalar, YAMLMap } from "yaml";
import { plainKey, plainKeyOf12, plainScalar, plainScalarOf12 } from "./kubernetes-scalars.ts";

/** A node that means nothing to Kubernetes. Caught by `parse-manifests.ts`, never seen outside. */
export class YamlRefusal extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

/** Where readers of YAML differ. */
export interface YamlRules {
  /** `yes`, `on` and the like are text, as in YAML 1.2. Default false. */
  readonly wordsAreText?: boolean;
  /** Of a key that is there twice the last one counts. Default false: it is refused. */
  readonly lastKeyWins?: boolean;
}

/**
 * The value of a YAML node by Kubernetes' rules ({@link plainScalar}), with merge keys and aliases. Throws
 * {@link YamlRefusal} for duplicate keys, recursive or exploding aliases, keys that are collections, and great depth.
 */
export function yamlValue(node: Node | null, rules: YamlRules = {}): Value {
  return new Reader(rules).read(node, 0).value;
}

/** The text of a mapping key, as {@link yamlValue} gives it; undefined for what can be no key. */
export function keyText(key: unknown, rules: YamlRules = {}): string | undefined {
  if (!isScalar(key)) return undefined;
  const text = String(key.value ?? "");
  if (!isPlain(key)) return text;
  return rules.wordsAreText === true ? plainKeyOf12(text) : plainKey(text);
}

/** True for the merge key `<<`. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && isPlain(key) && key.value === "<<";
}

// The same bound as Go's JSON reader would be 10,000; nobody nests manifests so deeply, and our own recursion must not end first.
const MAX_DEPTH = 500;
// Nodes after expansion of aliases. A "billion laughs" file passes this within a few lines.
const MAX_EXPANDED_NODES = 2_000_000;

/** A value and how many nodes it has when written out in full. */
interface Sized {
  readonly value: Value;
  readonly size: number;
}

class Reader {
  readonly #anchors = new Map<string, Sized | "open">();
  readonly #rules: YamlRules;

  constructor(rules: YamlRules) {
    this.#rules = rules;
  }

  read(node: Node | null, depth: number): Sized {
    if (node === null) return { value: null, size: 1 };
    const offset = offsetOf(node);
    if (depth > MAX_DEPTH) throw new YamlRefusal(`nested more than ${MAX_DEPTH} levels deep`, offset);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === "open") throw new YamlRefusal(`alias *${node.source} contains itself`, offset);
      if (!target) throw new YamlRefusal(`unknown alias *${node.source}`, offset);
      return target;
    }
    const anchor = "anchor" in node ? node.anchor : undefined;
    if (anchor) this.#anchors.set(anchor, "open");
    const sized = this.#readContent(node, depth, offset);
    if (sized.size > MAX_EXPANDED_NODES) {
      throw new YamlRefusal(`aliases expand to more than ${MAX_EXPANDED_NODES} nodes`, offset);
    }
    if (anchor) this.#anchors.set(anchor, sized);
    return sized;
  }

  #readContent(node: Node, depth: number, offset: number): Sized {
    if (isScalar(node)) return { value: scalarValue(node, offset, this.#rules), size: 1 };
    if (isSeq(node)) {
      const items: Value[] = [];
      let size = 1;
      for (const item of node.items) {
        const read = this.read(item as Node | null, depth + 1);
        items.push(read.value);
        size += read.size;
      }
      return { value: items, size };
    }
    if (isMap(node)) return this.#readMap(node, depth);
    throw new YamlRefusal("not a value", offset);
  }

  #readMap(map: YAMLMap, depth: number): Sized {
    const own: Record<string, Value> = {};
    const merged: PlainObject[] = [];
    let size = 1;
    for (const pair of map.items) {
      if (!isPair(pair)) continue;
      const key = pair.key as Node | null;
      const read = this.read(pair.value as Node | null, depth + 1);
      size += read.size;
      if (isMergeKey(key)) {
        merged.push(...mergeSources(read.value, key ? offsetOf(key) : 0));
        continue;
      }
      const name = isAlias(key) ? textOnly(this.read(key, depth + 1).value) : keyText(key, this.#rules);
      if (name === undefined) {
        throw new YamlRefusal(
          "a key must be text",
          key ? offsetOf(key) : offsetOf(map),
          "put the key in quotes",
        );
      }
      if (Object.hasOwn(own, name) && this.#rules.lastKeyWins !== true) {
        throw new YamlRefusal(
          `key ${JSON.stringify(name)} is there twice`,
          key ? offsetOf(key) : offsetOf(map),
        );
      }
      setOwn(own, name, read.value);
    }
    for (const source of merged) {
      for (const name of Object.keys(source)) {
        if (!Object.hasOwn(own, name)) setOwn(own, name, source[name] as Value);
      }
    }
    return { value: own, size };
  }
}

function mergeSources(value: Value, offset: number): readonly PlainObject[] {
  const sources = Array.isArray(value) ? value : [value];
  for (const source of sources) {
    if (typeof source !== "object" || source === null || Array.isArray(source)) {
      throw new YamlRefusal("`<<` merges a mapping or a list of mappings", offset);
    }
  }
  return sources as readonly PlainObject[];
}

function scalarValue(node: Scalar, offset: number, rules: YamlRules): Value {
  const text = typeof node.value === "string" ? node.value : String(node.value ?? "");
  const tag = node.tag?.replace(/^tag:yaml\.org,2002:/, "!!");
  if (tag === "!!binary") return Buffer.from(text, "base64").toString("utf8");
  const isTypedTag = tag === "!!int" || tag === "!!float" || tag === "!!bool" || tag === "!!null";
  if (!isTypedTag && !isPlain(node)) return text;
  const value = rules.wordsAreText === true ? plainScalarOf12(text) : plainScalar(text);
  if (value === undefined)
    throw new YamlRefusal(`${text} is no number that JSON can hold`, offset, "put it in quotes");
  return value;
}

function textOnly(value: Value): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isPlain(node: Scalar): boolean {
  // An empty value has no type of its own; `!!str` and tags of the author's own make text.
  return (node.type === "PLAIN" || node.type === undefined) && node.tag === undefined;
}

function offsetOf(node: Node): number {
  return (node as ParsedNode).range?.[0] ?? 0;
}
