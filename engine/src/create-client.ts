import { builtins } from "@portcullis/interpreter";
import type { Host } from "@portcullis/interpreter";
import type { Client, ClientOptions } from "./client.ts";
import { Engine } from "./engine.ts";
import { regoDriver } from "./drivers/rego/driver.ts";

/** Builtins that wait for the world outside: a review is answered at once, from what the engine holds. */
const WAITING = ["http.send", "net.lookup_ip_addr"];

/** Makes the constraint framework with the Rego driver. */
export function createClient(options: ClientOptions = {}): Client {
  const nowNs = options.nowNs ?? (() => 0n);
  const host: Host = {
    nowNs,
    random: options.random ?? (() => 0),
    ...(options.crypto && { crypto: options.crypto }),
  };
  const disabled = new Set([...WAITING, ...(options.disabledBuiltins ?? [])]);
  const referentialRules = options.referentialRules ?? true;
  const driver = regoDriver({
    builtins: new Map([...builtins].filter(([name]) => !disabled.has(name))),
    host,
    referentialRules,
    ...(options.onPrint && { onPrint: options.onPrint }),
  });
  return new Engine({ driver, referentialRules, nowNs });
}
