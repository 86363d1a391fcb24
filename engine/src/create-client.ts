import { builtins } from "@portcullis/interpreter";
import type { Host } from "@portcullis/interpreter";
import type { Client, ClientOptions } from "./client.ts";
import { Engine } from "./engine.ts";
import { regoDriver } from "./drivers/rego/driver.ts";

/** Makes the constraint framework with the Rego driver. */
export function createClient(options: ClientOptions = {}): Client {
  const nowNs = options.nowNs ?? (() => 0n);
  const host: Host = {
    nowNs,
    random: options.random ?? (() => 0),
    ...(options.crypto && { crypto: options.crypto }),
  };
  const disabled = new Set(options.disabledBuiltins);
  const referentialRules = options.referentialRules ?? true;
  const driver = regoDriver({
    builtins: new Map([...builtins].filter(([name]) => !disabled.has(name))),
    host,
    referentialRules,
    generateCode: options.generateCode ?? false,
    ...(options.onPrint && { onPrint: options.onPrint }),
  });
  return new Engine({ driver, referentialRules, nowNs, hostCall: options.hostCall });
}
