import { isArray, isObject } from "../../value/kind.ts";
import { getOwn } from "../../value/plain-object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";
import { parseUrl, urlText } from "../go/url.ts";

/** Drafts of JSON Schema. A schema that names none is read with the union of all their rules. */
export type Draft = 4 | 6 | 7 | "hybrid";

/** A document that references can point into. */
export interface Pooled {
  readonly document: Value;
  readonly draft: Draft | undefined;
}

const META_SCHEMAS = new Map<string, Draft>([
  ["http://json-schema.org/draft-04/schema", 4],
  ["http://json-schema.org/draft-06/schema", 6],
  ["http://json-schema.org/draft-07/schema", 7],
]);

/** The draft a schema says it is of. Throws {@link BuiltinError} for what is no schema at all. */
export function draftOf(document: Value): Draft | undefined {
  if (typeof document === "boolean") return undefined;
  if (!isObject(document)) throw new BuiltinError("schema is invalid");
  const url = getOwn(document as PlainObject, "$schema");
  if (url === undefined) return undefined;
  if (typeof url !== "string") throw new BuiltinError("$schema must be of type string");
  return META_SCHEMAS.get(normalReference(url));
}

/** All documents inside of one schema, by their ids, and the absolute form of every `$ref`. No document comes from outside. */
export class ReferencePool {
  readonly #documents = new Map<string, Pooled>();
  readonly #absolute = new Map<object, string>();
  readonly #charge: (units: number) => void;

  constructor(root: Value, charge: (units: number) => void) {
    this.#charge = charge;
    const draft = draftOf(root);
    this.#collect(root, "", draft);
    this.#documents.set("", { document: root, draft });
  }

  /** The `$ref` of a schema, made absolute by the ids around it. */
  absolute(node: object, reference: string): string {
    return this.#absolute.get(node) ?? normalReference(reference);
  }

  /** The schema a reference points to. */
  get(reference: string): Pooled {
    const known = this.#documents.get(reference);
    if (known) return known;
    const hash = reference.indexOf("#");
    const base = hash < 0 ? reference : reference.slice(0, hash);
    const whole = this.#documents.get(base);
    if (whole) {
      const found = {
        document: pointedAt(whole.document, hash < 0 ? "" : reference.slice(hash + 1)),
        draft: whole.draft,
      };
      this.#documents.set(reference, found);
      return found;
    }
    if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/]/.test(reference)) {
      throw new BuiltinError(`Reference ${reference} must be canonical`);
    }
    throw new BuiltinError(`remote reference loading disabled: ${reference}`);
  }

  #collect(value: Value, base: string, draft: Draft | undefined): void {
    this.#charge(1);
    if (isArray(value)) for (const element of value) this.#collect(element, base, draft);
    if (!isObject(value)) return;
    const node = value as PlainObject;
    const id = getOwn(node, Object.hasOwn(node, "id") ? "id" : "$id");
    let local = base;
    if (typeof id === "string") {
      local = resolveReference(base, id);
      if (this.#documents.has(local)) throw new BuiltinError(`Reference already exists: "${local}"`);
      this.#documents.set(local, { document: node, draft });
    }
    const reference = getOwn(node, "$ref");
    if (typeof reference === "string") this.#absolute.set(node, resolveReference(local, reference));
    for (const key of Object.keys(node)) {
      if (key === "const" || key === "enum") continue;
      const child = node[key] as Value;
      if (!SCHEMA_MAPS.has(key)) this.#collect(child, local, draft);
      else if (isObject(child)) {
        for (const member of Object.values(child as PlainObject)) this.#collect(member, local, draft);
      }
    }
  }
}

/** Their keys are names, not keywords. */
const SCHEMA_MAPS = new Set(["properties", "dependencies", "patternProperties"]);

function normalReference(reference: string): string {
  const parsed = parseUrl(reference);
  return parsed.ok ? urlText(parsed.url) : reference;
}

/** Resolves a reference against a base by RFC 3986, as Go does: a relative path always comes out with a slash. */
export function resolveReference(base: string, reference: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(reference)) return normalReference(reference);
  const hash = reference.indexOf("#");
  const path = hash < 0 ? reference : reference.slice(0, hash);
  const fragment = hash < 0 ? "" : reference.slice(hash);
  const baseMatch = /^((?:[a-zA-Z][a-zA-Z0-9+.-]*:)?(?:\/\/[^/?#]*)?)([^?#]*)(\?[^#]*)?/.exec(
    base,
  ) as RegExpExecArray;
  const [, origin = "", basePath = "", baseQuery = ""] = baseMatch;
  if (path === "") return normalReference(origin + basePath + baseQuery + fragment);
  if (path.startsWith("//")) return normalReference((/^[^/]*/.exec(origin)?.[0] ?? "") + path + fragment);
  if (path.startsWith("?")) return normalReference(origin + basePath + path + fragment);
  const question = path.indexOf("?");
  const bare = question < 0 ? path : path.slice(0, question);
  const query = question < 0 ? "" : path.slice(question);
  const full = bare.startsWith("/") ? bare : basePath.slice(0, basePath.lastIndexOf("/") + 1) + bare;
  return normalReference(origin + withoutDots(full) + query + fragment);
}

function withoutDots(path: string): string {
  const segments: string[] = [];
  const parts = path.replace(/^\//, "").split("/");
  parts.forEach((part, i) => {
    if (part === "..") segments.pop();
    else if (part !== ".") segments.push(part);
    if (i === parts.length - 1 && (part === "." || part === "..")) segments.push("");
  });
  return `/${segments.join("/")}`;
}

/** Follows a JSON pointer in a fragment. */
function pointedAt(document: Value, fragment: string): Value {
  if (fragment === "") return document;
  // Another fragment is no pointer, and stands for the whole document.
  if (!fragment.startsWith("/")) return document;
  let value = document;
  for (const raw of fragment.slice(1).split("/")) {
    const token = decodeFragment(raw).replaceAll("~1", "/").replaceAll("~0", "~");
    if (isArray(value)) {
      if (!/^[+-]?\d+$/.test(token)) throw new BuiltinError(`Invalid array index '${token}'`);
      const element = value[Number(token)];
      if (element === undefined) {
        throw new BuiltinError(`Out of bound array[0,${value.length}] index '${token}'`);
      }
      value = element;
    } else if (isObject(value)) {
      const member = getOwn(value as PlainObject, token);
      if (member === undefined) throw new BuiltinError(`Object has no key '${token}'`);
      value = member;
    } else throw new BuiltinError(`Invalid token reference '${token}'`);
  }
  return value;
}

function decodeFragment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
