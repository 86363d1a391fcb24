import type { AnswerHostCall } from "@portcullis/interpreter";
import type { GatorProcess } from "./gator-process.ts";

/**
 * Answers what templates ask of the world outside, for the hosts of `--allow-net`. A call that fails is undefined in the
 * template, which reads as "allowed": why it failed is therefore told on the error stream, each reason once.
 */
export function gatorNetwork(allow: readonly string[], stderr: GatorProcess["stderr"]): AnswerHostCall {
  let network: Promise<AnswerHostCall> | undefined;
  const told = new Set<string>();
  return async (kind, request) => {
    try {
      // What talks to the network is loaded by the first call: most templates have none.
      network ??= import("@portcullis/interpreter/node").then(({ networkFor }) => networkFor(allow));
      return await (
        await network
      )(kind, request);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!told.has(why)) stderr.write(`WARNING - a template's call fails: ${why}\n`);
      told.add(why);
      throw error;
    }
  };
}
