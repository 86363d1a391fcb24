import type { SyntaxCapabilities } from "../syntax/read-statements.ts";

/** All that parses at all: the experimental keywords too, which only capabilities that name them switch on. */
export const EXPERIMENTAL: SyntaxCapabilities = {
  future_keywords: ["and", "not", "or"],
  features: ["keywords_in_refs", "template_strings"],
};
