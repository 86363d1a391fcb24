import type { Host, HostCrypto } from "../builtins/builtin.ts";
import type { Value } from "../value/value.ts";

/** What a Node process grants to policies: the clock, randomness, cryptography, and what `opa.runtime()` may tell. */
export function nodeHost(runtime: Value = {}): Host {
  // Milliseconds of the wall clock once, nanoseconds of the monotonic clock since: exact to the order of calls.
  const startedAt = BigInt(Date.now()) * 1_000_000n;
  const started = process.hrtime.bigint();
  return {
    nowNs: () => startedAt + (process.hrtime.bigint() - started),
    random: Math.random,
    // Loading it takes as long as a small evaluation, and few policies want it.
    get crypto(): HostCrypto {
      return process.getBuiltinModule("node:crypto");
    },
    runtime,
  };
}
