/** Words of OPA's for which it says other words, just as right, when asked again about the same policy. */
interface TwoAnswers {
  readonly ours: string;
  readonly other: string;
  /** Why OPA gives both. */
  readonly reason: string;
}

const TWO_ANSWERS: readonly TwoAnswers[] = [
  {
    ours: 'data.test.f -> data.test.f (data.test[x] refers to data.test.f if x is "f" (x is an argument of data.test.f))',
    other:
      'data.test.f -> data.test.p -> data.test.f (data.test[x] refers to data.test.p if x is "p" (x is an argument of data.test.f))',
    reason:
      "f may depend on itself directly and by way of p: OPA shows the cycle that it meets first in a Go map of dependencies, whose order is random",
  },
];

/** What OPA said, with the answer we give wherever it might as well have given that one. */
export function settled(text: string): string {
  return TWO_ANSWERS.reduce((said, { ours, other }) => said.replaceAll(other, ours), text);
}
