import type { CommandResult } from "../testbed/control-plane.ts";

/** What the webhooks made of a kubectl command, as its user sees it. */
export interface KubectlVerdict {
  /** `allow`, `deny`, `warn` or `deny+warn`; what kubectl says where it failed for another reason. */
  readonly verdict: string;
  /** The lines of a refusal: `[constraint] message`. */
  readonly lines: readonly string[];
  readonly stderr: string;
}

export function verdictOf({ code, stderr }: CommandResult): KubectlVerdict {
  const denied = code !== 0 && /denied the request|denied/.test(stderr);
  const warned = /^Warning: /m.test(stderr);
  const words = [...(denied ? ["deny"] : []), ...(warned ? ["warn"] : [])];
  const lines = [...stderr.matchAll(/denied the request: ([^]*?)(?=\n?Error from server|$)/g)]
    .flatMap(([, text = ""]) => text.split("\n"))
    .filter((line) => line !== "");
  return { verdict: words.join("+") || (code === 0 ? "allow" : stderr), lines, stderr };
}
