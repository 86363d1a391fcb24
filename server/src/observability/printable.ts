/**
 * A text for a terminal. Messages and names come from policies, objects and requests: an escape sequence in one must not
 * reach the reader's terminal. Line ends and tabs stay.
 */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\uFFFD");
}
