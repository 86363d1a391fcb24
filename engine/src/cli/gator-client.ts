import * as nodeCrypto from "node:crypto";
import type { Client } from "../client.ts";
import { createClient } from "../create-client.ts";

/** A client with the clock, randomness and cryptography of the machine. `onPrint` gets the lines of `print(…)`. */
export function gatorClient(onPrint?: (line: string) => void): Client {
  return createClient({
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: () => Math.random(),
    crypto: nodeCrypto,
    ...(onPrint && { onPrint }),
  });
}
