import * as nodeCrypto from "node:crypto";
import type { AnswerHostCall } from "@portcullis/interpreter";
import type { Client } from "../client.ts";
import { createClient } from "../create-client.ts";

export interface ClientParts {
  /** Gets the lines of `print(…)`. */
  readonly onPrint?: ((line: string) => void) | undefined;
  /** Answers calls of the world outside; without it they fail. */
  readonly hostCall?: AnswerHostCall;
}

/** A client with the clock, randomness and cryptography of the machine. */
export function gatorClient({ onPrint, hostCall }: ClientParts = {}): Client {
  return createClient({
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: () => Math.random(),
    crypto: nodeCrypto,
    ...(onPrint && { onPrint }),
    ...(hostCall && { hostCall }),
  });
}
