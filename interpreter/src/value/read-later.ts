import { parseJson } from "./json.ts";
import type { Value } from "./value.ts";

/** What has not been read yet, by the object whose member it is. */
const unread = new WeakMap<object, string>();
/** One for all objects: with getters of their own each would have a hidden class of its own. */
const descriptors = new Map<string, PropertyDescriptor>();

/**
 * Gives an object that is being built its last member, as a JSON text that is read when somebody asks for the member first.
 * Nobody can tell it from any other member, but that reading throws an Error where the text is none.
 */
export function readLater(object: Record<string, Value>, key: string, text: string): void {
  unread.set(object, text);
  let descriptor = descriptors.get(key);
  if (!descriptor) descriptors.set(key, (descriptor = descriptorOf(key)));
  Object.defineProperty(object, key, descriptor);
}

function descriptorOf(key: string): PropertyDescriptor {
  return {
    enumerable: true,
    configurable: true,
    get(this: object): Value {
      const parsed = parseJson(unread.get(this) as string);
      if (!parsed.ok) throw new Error(`${key} cannot be read: ${parsed.error.message}`);
      const { value } = parsed;
      Object.defineProperty(this, key, { value, enumerable: true, configurable: true, writable: true });
      unread.delete(this);
      return value;
    },
  };
}
