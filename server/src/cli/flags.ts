import { InvalidArgumentError, Option } from "commander";
import { parseAddress } from "../address.ts";
import type { Address } from "../address.ts";

/**
 * Rewrites Go's way of writing flags into the usual one: `-port 8443` and `-port=8443` are `--port …`. Short options of
 * one letter stay.
 */
export function fromGoFlags(args: readonly string[]): readonly string[] {
  return args.map((arg) => (/^-[a-z][a-z0-9-]/.test(arg) ? `-${arg}` : arg));
}

/** A whole number within bounds. */
export function integerFlag(name: string, description: string, bounds: { min: number; max: number }): Option {
  return new Option(`--${name} <n>`, description).argParser((text: string) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= bounds.min && value <= bounds.max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${bounds.min} to ${bounds.max}.`);
  });
}

/** A Go boolean: the bare flag is true, a value needs `=`. */
export function booleanFlag(name: string, description: string): Option {
  return new Option(`--${name} [value]`, description).preset("true").argParser((text: string) => {
    if (["true", "1", "t", "T", "TRUE", "True"].includes(text)) return true;
    if (["false", "0", "f", "F", "FALSE", "False"].includes(text)) return false;
    throw new InvalidArgumentError("It must be true or false.");
  });
}

/** A flag that may come several times. */
export function repeatableFlag(name: string, description: string): Option {
  return new Option(`--${name} <value>`, description)
    .argParser((text: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), text])
    .default([], "none");
}

/** `host:port` or `:port`, as Go listens; IPv6 hosts in brackets. */
export function addressFlag(name: string, description: string): Option {
  return new Option(`--${name} <address>`, description).argParser((text: string): Address => {
    try {
      return parseAddress(text);
    } catch {
      throw new InvalidArgumentError("It must be `host:port` or `:port`.");
    }
  });
}
