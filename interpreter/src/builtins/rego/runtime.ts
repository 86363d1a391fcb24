import { isArray, isObject } from "../../value/kind.ts";
import { ObjectBuilder, objectEntries, objectGet } from "../../value/object.ts";
import type { Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";

/** What `opa.runtime()` shows of the host's description: all of it but for credentials of services and private keys in its `config`. */
export function visibleRuntime(runtime: Value | undefined): Value {
  if (runtime === undefined) return {};
  if (!isObject(runtime)) return runtime;
  const config = objectGet(runtime, "config");
  if (config === undefined || !isObject(config)) return runtime;
  let visible: Value = config;
  const services = objectGet(config, "services");
  if (services !== undefined && services !== null) {
    if (!isArray(services) && !isObject(services)) throw new BuiltinError("illegal service config type");
    visible = withMember(visible, "services", eachWithout(services, ["credentials"]));
  }
  const keys = objectGet(config, "keys");
  if (keys !== undefined && keys !== null) {
    if (!isObject(keys)) throw new BuiltinError("illegal keys config type");
    visible = withMember(visible, "keys", eachWithout(keys, ["key", "private_key"]));
  }
  return withMember(runtime, "config", visible);
}

function eachWithout(members: Value, secrets: readonly string[]): Value {
  if (isArray(members)) return members.map((member) => without(member, secrets));
  const copy = new ObjectBuilder();
  if (isObject(members))
    for (const [key, member] of objectEntries(members)) copy.set(key, without(member, secrets));
  return copy.build();
}

function without(member: Value, secrets: readonly string[]): Value {
  if (!isObject(member)) throw new BuiltinError("type assertion error");
  const copy = new ObjectBuilder();
  for (const [key, value] of objectEntries(member))
    if (!secrets.includes(key as string)) copy.set(key, value);
  return copy.build();
}

function withMember(object: Value, key: string, value: Value): Value {
  const copy = new ObjectBuilder();
  if (isObject(object)) for (const [name, member] of objectEntries(object)) copy.set(name, member);
  copy.set(key, value);
  return copy.build();
}
