import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from "yaml";
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from "yaml";
import { MAX_DEPTH } from "../../value/json.ts";
import { numberFromText } from "../../value/number.ts";
import { setOwn } from "../../value/plain-object.ts";
import { quoteText } from "../../value/quote.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { goYamlText } from "../../value/yaml-fault.ts";
import { base64Decode } from "./base64.ts";
import { bytesOf, textOf, validText } from "./bytes.ts";
import { jsonFloat, resolveYamlScalar, type YamlRules, type YamlScalar } from "../../value/yaml-scalar.ts";

export interface YamlError {
  /** In goyaml's manner: `yaml: line 3: did not find expected key`. */
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
}

export type YamlResult =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: YamlError };

export type YamlDocumentsResult =
  | { readonly ok: true; readonly documents: readonly { readonly value: Value; readonly line: number }[] }
  | { readonly ok: false; readonly error: YamlError };

export interface YamlOptions {
  /** Default `kubernetes`. */
  readonly rules?: YamlRules;
}

/**
 * Reads one YAML document into a JSON value, as the Go programs do that we stand in for: integers of 64 bits are exact,
 * keys of every scalar type become strings, merge keys are applied, aliases that would blow the document up are refused.
 * Of a stream with several documents the first counts, but all must parse; an empty text is null. Never throws.
 */
export function parseYaml(text: string, options: YamlOptions = {}): YamlResult {
  const parsed = parseYamlDocuments(text, options);
  if (!parsed.ok) return parsed;
  return { ok: true, value: parsed.documents[0]?.value ?? null };
}

/** Reads every document of a stream. `line` is where its content starts. Never throws. */
export function parseYamlDocuments(text: string, options: YamlOptions = {}): YamlDocumentsResult {
  const lines = new LineCounter();
  try {
    const unfit = UNFIT.exec(text);
    if (unfit)
      throw fault(
        unfit[0] < "\ud800" || unfit[0] > "\udfff"
          ? "control characters are not allowed"
          : "invalid leading UTF-8 octet",
      );
    const stream = parseAllDocuments(text, {
      schema: "failsafe",
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
    });
    const documents: readonly Document[] = Array.isArray(stream) ? stream : [];
    for (const document of documents) {
      const error =
        document.errors[0] ?? document.warnings.find((warning) => warning.code === "BAD_DIRECTIVE");
      if (error) throw new YamlFault(goYamlText(error.code, error.message), error.pos[0]);
    }
    const read = documents.map((document) => ({
      value: new Reader(text, document, options.rules ?? "kubernetes", lines).read(),
      line: lineAt(lines, document.contents?.range?.[0] ?? document.range?.[0] ?? 0),
    }));
    return { ok: true, documents: read };
  } catch (error) {
    if (error instanceof YamlFault) {
      const line = lineAt(lines, error.offset ?? 0);
      // goyaml names the first line only where a flow collection is not closed.
      const isNamed =
        error.offset !== undefined && (line > 1 || error.message.startsWith("did not find expected ','"));
      const place = isNamed ? `line ${line}: ` : "";
      return { ok: false, error: { message: `${error.scope}${place}${error.message}`, line } };
    }
    // The library reads nested collections recursively.
    if (error instanceof RangeError)
      return { ok: false, error: { message: "yaml: exceeded max depth", line: 1 } };
    throw error;
  }
}

/** Thrown inside this file alone. */
class YamlFault extends Error {
  readonly offset: number | undefined;
  /** Starts the text; empty where the fault is not one of YAML but of the JSON to be made from it. */
  readonly scope: "yaml: " | "";
  constructor(message: string, offset?: number, scope: "yaml: " | "" = "yaml: ") {
    super(message);
    this.offset = offset;
    this.scope = scope;
  }
}

function fault(message: string): YamlFault {
  return new YamlFault(message);
}

// oxlint-disable-next-line no-control-regex
const UNFIT = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|\p{Cs}/u;

function lineAt(lines: LineCounter, offset: number): number {
  return Math.max(1, lines.linePos(offset).line);
}

/** Turns the nodes of one document into a value. */
class Reader {
  readonly #text: string;
  readonly #document: Document;
  readonly #rules: YamlRules;
  readonly #lines: LineCounter;
  /** What each alias stands for. The library would search the whole document for every one. */
  readonly #targets: ReadonlyMap<Alias, Node>;
  /** Value and node count of each anchored node that an alias has asked for; `undefined` while it is being read. */
  readonly #anchored = new Map<Node, { value: Value; nodes: number } | undefined>();
  #nodes = 0;
  #aliased = 0;

  constructor(text: string, document: Document, rules: YamlRules, lines: LineCounter) {
    this.#text = text;
    this.#document = document;
    this.#rules = rules;
    this.#lines = lines;
    this.#targets = aliasTargets(document);
  }

  read(): Value {
    return this.#value(this.#document.contents, 1);
  }

  #value(node: Node | null | undefined, depth: number): Value {
    if (depth > MAX_DEPTH) throw new YamlFault(`exceeded max depth of ${MAX_DEPTH}`, node?.range?.[0]);
    this.#count(1);
    if (!node) return null;
    if (isAlias(node)) {
      return this.#alias(this.#target(node), node.source, depth);
    }
    if (isScalar(node)) return this.#scalarValue(node);
    if (isSeq(node)) return node.items.map((item) => this.#value(item as Node | null, depth + 1));
    if (isMap(node)) return this.#object(node, depth);
    return null;
  }

  #target(alias: Alias): Node {
    const target = this.#targets.get(alias);
    if (!target) throw fault(`unknown anchor '${alias.source}' referenced`);
    return target;
  }

  /** The value of an anchored node: read once, but counted each time. */
  #alias(target: Node, name: string, depth: number): Value {
    if (this.#anchored.has(target)) {
      const known = this.#anchored.get(target);
      if (!known) throw fault(`anchor '${name}' value contains itself`);
      this.#aliased += known.nodes;
      this.#count(known.nodes);
      return known.value;
    }
    this.#anchored.set(target, undefined);
    const before = this.#nodes;
    const value = this.#value(target, depth + 1);
    const nodes = this.#nodes - before;
    this.#aliased += nodes;
    this.#anchored.set(target, { value, nodes });
    return value;
  }

  /** Refuses documents that consist mostly of copies, by goyaml's measure. */
  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#aliased <= 100 || this.#nodes <= 1000) return;
    const allowed =
      this.#nodes <= 400_000
        ? 0.99
        : this.#nodes >= 4_000_000
          ? 0.1
          : 0.99 - (0.89 * (this.#nodes - 400_000)) / 3_600_000;
    if (this.#aliased / this.#nodes > allowed) throw fault("document contains excessive aliasing");
  }

  #object(map: YAMLMap, depth: number): PlainObject {
    const object: Record<string, Value> = {};
    const merges: Node[] = [];
    const own = new Map<string, number>();
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      if (isScalar(pair.key) && this.#resolve(pair.key).kind === "merge") {
        if (!pair.value) throw mergeFault();
        // The older reader applies a merge where it stands, the newer one below everything that is spelt out.
        if (this.#rules === "kubernetes") this.#merge(object, pair.value, depth, true);
        else merges.push(pair.value);
        continue;
      }
      const key = this.#key(pair.key, depth);
      const offset = pair.key?.range?.[0] ?? 0;
      if (own.has(key) && this.#rules === "kubernetes") {
        throw fault(
          `unmarshal errors:\n  line ${lineAt(this.#lines, offset)}: key ${quoteText(key)} already set in map`,
        );
      }
      own.set(key, offset);
      setOwn(object, key, this.#value(pair.value, depth + 1));
    }
    for (const merge of merges) this.#merge(object, merge, depth, false);
    return object;
  }

  /** Adds the entries of a map, or of each map of a sequence: the first of those wins. */
  #merge(object: Record<string, Value>, node: Node, depth: number, override: boolean): void {
    const source = isAlias(node) ? this.#target(node) : node;
    const parts = isSeq(source) ? (source.items as Node[]) : [node];
    const merged: Record<string, Value> = {};
    for (const part of parts) {
      const target = isAlias(part) ? this.#target(part) : part;
      if (!isMap(target)) throw mergeFault();
      const entries = this.#value(part, depth + 1) as PlainObject;
      for (const key of Object.keys(entries)) {
        if (!Object.hasOwn(merged, key)) setOwn(merged, key, entries[key] as Value);
      }
    }
    for (const key of Object.keys(merged)) {
      if (override || !Object.hasOwn(object, key)) setOwn(object, key, merged[key] as Value);
    }
  }

  #key(node: Node | null, depth: number): string {
    const target = isAlias(node) ? this.#target(node) : node;
    if (!isScalar(target)) {
      if (target) throw fault("invalid map key: " + (isSeq(target) ? "sequence" : "map"));
      return this.#nullKey();
    }
    this.#value(target, depth);
    const scalar = this.#resolve(target);
    switch (scalar.kind) {
      case "str":
        return validText(scalar.value);
      case "int":
        return String(scalar.value);
      case "bool":
        return String(scalar.value);
      case "float":
        return floatKey(scalar.value);
      case "merge":
        return "<<";
      default:
        return this.#nullKey();
    }
  }

  #nullKey(): never {
    throw new YamlFault("unsupported map key of type: null", undefined, "");
  }

  #scalarValue(node: Scalar): Value {
    const scalar = this.#resolve(node);
    switch (scalar.kind) {
      case "null":
        return null;
      case "merge":
        return "<<";
      case "int":
        return numberFromText(String(scalar.value));
      case "float": {
        const number = jsonFloat(scalar.value);
        if (number === undefined) {
          throw new YamlFault(`json: unsupported value: ${goInfinity(scalar.value)}`, undefined, "");
        }
        return number;
      }
      case "str":
        return validText(scalar.value);
      default:
        return scalar.value;
    }
  }

  #source(node: Scalar): string {
    const text = node.source ?? String(node.value ?? "");
    // The library ends a block scalar with a line break even where the text ends without one.
    const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    if (isBlock && this.#startsAtMargin(node, text))
      throw new YamlFault("could not find expected ':'", node.range?.[0]);
    const isCut = isBlock && !this.#text.endsWith("\n") && (node.range?.[1] ?? 0) >= this.#text.length;
    return isCut && text.endsWith("\n") ? text.slice(0, -1) : text;
  }

  /** True for a block scalar whose first line is not indented, which goyaml does not allow at the top of a document either. */
  #startsAtMargin(node: Scalar, text: string): boolean {
    if (text.trim() === "") return false;
    const header = this.#text.indexOf("\n", node.range?.[0] ?? 0);
    return /^\n(?:[ \t]*\r?\n)*[^ \t\r\n]/.test(this.#text.slice(header, node.range?.[1]));
  }

  /** What a scalar means, by its tag where it has one, else by its text if it is plain. */
  #resolve(node: Scalar): YamlScalar {
    const text = this.#source(node);
    const tag = node.tag?.replace("tag:yaml.org,2002:", "!!");
    if (tag === undefined || tag === "!") {
      return node.type === "PLAIN" || node.type === undefined
        ? resolveYamlScalar(text, this.#rules)
        : { kind: "str", value: text };
    }
    if (tag === "!!binary") {
      const decoded = base64Decode(bytesOf(text));
      if (!decoded.ok) throw fault("!!binary value contains invalid base64 data");
      return { kind: "str", value: textOf(decoded.bytes) };
    }
    const wanted = ({ "!!null": "null", "!!bool": "bool", "!!int": "int", "!!float": "float" } as const)[tag];
    if (wanted === undefined) return { kind: "str", value: text };
    const scalar = resolveYamlScalar(text, this.#rules);
    if (scalar.kind === wanted) return scalar;
    if (wanted === "float" && scalar.kind === "int") return { kind: "float", value: Number(scalar.value) };
    throw fault(`cannot decode !!${scalar.kind} \`${text}\` as a ${tag}`);
  }
}

/** Each alias with the last node before it that carries its anchor. */
function aliasTargets(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function mergeFault(): YamlFault {
  return fault("map merge requires map or sequence of maps as the value");
}

function goInfinity(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

/** A float as a key: Go prints it with the precision of 32 bits. */
function floatKey(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  const single = Math.fround(value);
  let digits = 1;
  while (digits < 9 && Math.fround(Number(single.toPrecision(digits))) !== single) digits++;
  const [mantissa, exponent] = single.toExponential(digits - 1).split("e") as [string, string];
  const power = Number(exponent);
  // Go's shortest %g is scientific below 1e-4 and from 1e6 on.
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? "-" : "+";
    return `${mantissa}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number(`${mantissa}e${power}`).toFixed(Math.max(0, digits - 1 - power));
}
