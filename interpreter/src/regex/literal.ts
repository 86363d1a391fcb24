const LITERAL = /^(\^?)([A-Za-z0-9 _\-/:@#%&=~!"'<>,;]+)(\$?)$/;

/**
 * A test for a pattern that is plain ASCII text, perhaps anchored (`^kube-`, `-system$`, `^a$`); undefined for every
 * other pattern. Without flags `^` and `$` stand for the two ends of the text alone, so plain comparison is the same.
 */
export function literalTest(pattern: string): ((text: string) => boolean) | undefined {
  const match = LITERAL.exec(pattern);
  if (!match) return undefined;
  const literal = match[2] as string;
  const fromStart = match[1] !== "";
  const toEnd = match[3] !== "";
  if (fromStart && toEnd) return (text) => text === literal;
  if (fromStart) return (text) => text.startsWith(literal);
  if (toEnd) return (text) => text.endsWith(literal);
  return (text) => text.includes(literal);
}
