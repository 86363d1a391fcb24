import { MAX_DEPTH } from "./json.ts";
import { readLater } from "./read-later.ts";
import { detached } from "./text.ts";
import { numberFromText } from "./number.ts";
import { setOwn } from "./plain-object.ts";
import type { Value } from "./value.ts";

/** Reads JSON texts that look alike, such as what an API server sends all day. */
export interface ShapesReader {
  /**
   * The value of a JSON text in ASCII, given as bytes and as text; undefined where something about it is out of the ordinary
   * (an error, white space, a key twice, great depth): `parseJson` knows what to do with those. Strings may share the
   * text's memory, so keep no values of large texts for long.
   */
  read(bytes: Uint8Array, text: string): Value | undefined;
}

export interface ShapesReaderOptions {
  /**
   * A key whose member, a list of objects that is the last member of its own object, is read when somebody asks for it: not at
   * all, mostly, though it may be the largest part. Whoever asks gets an Error where it is none.
   */
  readonly later?: string;
}

/** Most paths of keys that are remembered, and most keys of an object on one. */
const MAX_SHAPES = 8_000;
const MAX_KEYS = 40;
/** Room for the spellings of their keys. */
const SPELLED_BYTES = 256 * 1024;
/** Room for members that is kept from one text to the next. */
const MAX_MEMBERS = 1_000;
/** How often a shape comes before code is written for it. */
const OFTEN = 16;

/**
 * A reader that remembers, as a tree, in which order the keys of objects came: where they come in that order again they are
 * compared only, not cut out and looked up, and the object is made in one step. Twice as quick as `JSON.parse` behind the
 * scan that `parseJson` needs, and as exact as our own reader.
 */
export function createShapesReader({ later }: ShapesReaderOptions = {}): ShapesReader {
  /** Stands for the text: what is inside of it is the whole. */
  let root = new Shape(undefined, "", 0);
  let shapes = 0;
  /** `"key":` of all shapes, one behind the other: those of a text are read as one stretch of memory. */
  const spelled = new Uint8Array(SPELLED_BYTES);
  let spelledBytes = 0;
  let bytes: Uint8Array = new Uint8Array();
  let text = "";
  let at = 0;
  /** Members of the objects that are being read: of the inner ones above those of the outer ones. */
  const members: Value[] = [];
  let count = 0;

  /** The owner is the shape whose last key this is the member of, or an element of the member. */
  function value(depth: number, owner: Shape): Value {
    switch (bytes[at]) {
      case 0x22: // "
        return string();
      case 0x7b: // {
        return object(depth, owner);
      case 0x5b: // [
        return array(depth, owner);
      case 0x74:
        return literal("true", true);
      case 0x66:
        return literal("false", false);
      case 0x6e:
        return literal("null", null);
      default:
        return number();
    }
  }

  function literal<T>(word: string, meant: T): T {
    if (!text.startsWith(word, at)) throw UNUSUAL;
    at += word.length;
    return meant;
  }

  function string(): string {
    const from = at + 1;
    let end = from;
    let code = bytes[end] as number;
    // Past the end it is undefined, which is no number to be compared with.
    while (code !== 0x22 && code !== 0x5c && code >= 0x20) code = bytes[++end] as number;
    if (code !== 0x22) return escapedString(from, end);
    at = end + 1;
    return text.slice(from, end);
  }

  /** With escapes; `end` is at the first. */
  function escapedString(from: number, end: number): string {
    for (let code = bytes[end]; code !== 0x22; code = bytes[++end]) {
      if (code === undefined || code < 0x20) throw UNUSUAL;
      if (code === 0x5c) end++;
    }
    at = end + 1;
    let read: string;
    try {
      read = JSON.parse(text.slice(from - 1, at)) as string;
    } catch {
      throw UNUSUAL;
    }
    if (!read.isWellFormed()) throw UNUSUAL;
    return read;
  }

  function number(): Value {
    const from = at;
    let code = bytes[at] as number;
    let integer = 0;
    while (code >= 0x30 && code <= 0x39) {
      integer = integer * 10 + code - 0x30;
      code = bytes[++at] as number;
    }
    const length = at - from;
    const endsHere = code === 0x2c || code === 0x7d || code === 0x5d;
    if (endsHere && length > 0 && length < 16 && (length === 1 || bytes[from] !== 0x30)) return integer;
    NUMBER.lastIndex = from;
    const [token] = NUMBER.exec(text) ?? [];
    if (token === undefined) throw UNUSUAL;
    at = from + token.length;
    return numberFromText(token);
  }

  function array(depth: number, owner: Shape): Value {
    if (depth > MAX_DEPTH) throw UNUSUAL;
    const elements: Value[] = [];
    if (bytes[++at] === 0x5d) {
      at++;
      return elements;
    }
    for (;;) {
      elements.push(value(depth + 1, owner));
      const code = bytes[at++];
      if (code === 0x5d) return elements;
      if (code !== 0x2c) throw UNUSUAL;
    }
  }

  function object(depth: number, owner: Shape): Value {
    if (depth > MAX_DEPTH) throw UNUSUAL;
    if (bytes[++at] === 0x7d) {
      at++;
      return {};
    }
    const first = count;
    let shape = (owner.inside ??= new Shape(undefined, "", 0));
    for (;;) {
      const next = follow(shape);
      if (next === undefined) return unlikeObject(shape, first, depth);
      if (next.key === later && bytes[at] === 0x5b && next.keys.length > 1) {
        // Where the first bracket that closes does not close this list, but stands in a text or further inside, the rest has half a
        // text or one bracket too many: it is unusual.
        const end = text.indexOf("]", at);
        if (bytes[end - 1] === 0x7d && bytes[end + 1] === 0x7d) {
          const made = shape.object(members, first);
          readLater(made, later, text.slice(at, end + 1));
          at = end + 2;
          count = first;
          return made;
        }
      }
      shape = next;
      // The place is taken before what is inside takes its own.
      const place = count++;
      members[place] = null;
      members[place] = value(depth + 1, shape);
      const code = bytes[at++];
      if (code === 0x7d) break;
      if (code !== 0x2c) throw UNUSUAL;
    }
    count = first;
    return shape.object(members, first);
  }

  /** Reads a key and its colon; undefined, and nothing read, where no more shapes can be remembered. */
  function follow(shape: Shape): Shape | undefined {
    const { latest, former } = shape;
    if (latest !== undefined && isNext(latest)) return latest;
    if (former !== undefined && isNext(former)) {
      shape.former = latest;
      shape.latest = former;
      return former;
    }
    const from = at;
    const key = keyAndColon();
    let next = shape.after?.get(key);
    if (next === undefined) {
      if (key === "__proto__" || shape.keys.includes(key) || !ASCII.test(key)) throw UNUSUAL;
      // Keys with escapes hold other texts, with ids in them: `managedFields` has one for each element of a list.
      const hasEscapes = at - from > key.length + 3;
      next = hasEscapes ? undefined : remember(shape, key);
      if (next === undefined) {
        at = from;
        return undefined;
      }
    }
    shape.former = latest;
    shape.latest = next;
    return next;
  }

  /** Whether its key comes next; if so, it is read. */
  function isNext({ start, end }: Shape): boolean {
    const [keys, given] = [spelled, bytes];
    let place = at;
    for (let i = start; i < end; i++, place++) if (keys[i] !== given[place]) return false;
    at = place;
    return true;
  }

  function remember(before: Shape, key: string): Shape | undefined {
    const token = JSON.stringify(key);
    const end = spelledBytes + token.length + 1;
    if (shapes >= MAX_SHAPES || before.keys.length >= MAX_KEYS || end > SPELLED_BYTES) return undefined;
    const shape = new Shape(before, key, spelledBytes);
    for (const character of `${token}:`) spelled[spelledBytes++] = character.charCodeAt(0);
    shape.end = end;
    (before.after ??= new Map()).set(shape.key, shape);
    shapes++;
    return shape;
  }

  function keyAndColon(): string {
    if (bytes[at] !== 0x22) throw UNUSUAL;
    const key = string();
    if (bytes[at++] !== 0x3a) throw UNUSUAL;
    return key;
  }

  /** Goes on, key by key, with an object that leaves the shapes that are remembered. */
  function unlikeObject(shape: Shape, first: number, depth: number): Value {
    const made: Record<string, Value> = shape.plainObject(members, first);
    count = first;
    for (;;) {
      const key = keyAndColon();
      if (Object.hasOwn(made, key)) throw UNUSUAL;
      setOwn(made, key, value(depth + 1, shape));
      const code = bytes[at++];
      if (code === 0x7d) return made;
      if (code !== 0x2c) throw UNUSUAL;
    }
  }

  return {
    read(given, givenText) {
      // What was seen once fills the memory in the end: what is seen often is soon learnt again.
      if (shapes >= MAX_SHAPES || spelledBytes > SPELLED_BYTES - MAX_SPELLED) {
        root = new Shape(undefined, "", 0);
        shapes = 0;
        spelledBytes = 0;
      }
      bytes = given;
      text = givenText;
      at = 0;
      count = 0;
      try {
        const read = value(1, root);
        // An API server ends its texts with a line feed.
        const isWhole = at === bytes.length || (at === bytes.length - 1 && bytes[at] === 0x0a);
        return isWhole ? read : undefined;
      } catch (error) {
        if (error !== UNUSUAL) throw error;
        return undefined;
      } finally {
        if (members.length > MAX_MEMBERS) members.length = 0;
        members.fill(null);
        text = "";
        bytes = NOTHING;
      }
    },
  };
}

/** Where no more room is left than this, the keys of a usual text might not fit. */
const MAX_SPELLED = 8 * 1024;
/** Thrown within the reader alone: one for all, since nobody asks where it came from. */
const UNUSUAL = new Error("out of the ordinary");
// eslint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;
const NOTHING = new Uint8Array();
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?=[,\]}\n]|$)/y;

type MakeObject = (members: readonly Value[], first: number) => Record<string, Value>;

/** The keys of an object, in the order in which they came. */
class Shape {
  /** Where its last key is spelled. */
  readonly start: number;
  end = 0;
  /** The two that followed last: the first that are tried. */
  latest: Shape | undefined = undefined;
  former: Shape | undefined = undefined;
  /** Where objects begin that are below the last key: `name` comes first in containers, `apiVersion` in owners. */
  inside: Shape | undefined = undefined;
  #make: MakeObject | undefined = undefined;
  #uses = 0;
  after: Map<string, Shape> | undefined = undefined;
  readonly key: string;
  readonly keys: readonly string[];

  constructor(before: Shape | undefined, key: string, start: number) {
    this.start = start;
    this.key = detached(key);
    this.keys = before ? [...before.keys, this.key] : [];
  }

  /** The object whose members stand from `first` on. */
  object(members: readonly Value[], first: number): Record<string, Value> {
    if (this.#make) return this.#make(members, first);
    if (++this.#uses > OFTEN) this.#make = makerOf(this.keys);
    return this.plainObject(members, first);
  }

  plainObject(members: readonly Value[], first: number): Record<string, Value> {
    const made: Record<string, Value> = {};
    for (let i = 0; i < this.keys.length; i++) made[this.keys[i] as string] = members[first + i] as Value;
    return made;
  }
}

/** `{"a": members[first], "b": members[first + 1]}`, which is far quicker than one key after the other. */
function makerOf(keys: readonly string[]): MakeObject {
  const written = keys.map((key, i) => `${JSON.stringify(key)}:members[first+${i}]`);
  // JSON texts of keys, and numbers, are all that is in it.
  // eslint-disable-next-line typescript/no-implied-eval
  return new Function("members", "first", `return {${written.join(",")}}`) as MakeObject;
}
