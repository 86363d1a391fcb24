const MAX_BYTES = 256;
const DOTS = "...";

/**
 * A message as a constraint's status holds it: of one with more than 256 bytes of UTF-8, as many whole characters as go into
 * 253 bytes, and three dots. A character is what a reader takes for one (a grapheme): an accent stays with its letter, a
 * family of emoji stays together. Gatekeeper cuts after 253 bytes wherever that is (decision 0010).
 */
export function statusMessage(message: string): string {
  // No code unit has more than three bytes: most messages need no measuring.
  if (message.length * 3 <= MAX_BYTES) return message;
  if (Buffer.byteLength(message) <= MAX_BYTES) return message;
  return `${wholeCharacters(message, MAX_BYTES - DOTS.length)}${DOTS}`;
}

/** The longest beginning that has no more bytes than that and ends between two characters. */
function wholeCharacters(text: string, maxBytes: number): string {
  const points = wholePoints(text, maxBytes);
  // The character that begins behind the cut tells whether the one before it is complete.
  let end = 0;
  for (const { index } of new Intl.Segmenter("und").segment(text.slice(0, points + LOOK_AHEAD))) {
    if (index > points) break;
    end = index;
  }
  // A single character may be longer than all there is room for.
  return text.slice(0, end === 0 ? points : end);
}

const LOOK_AHEAD = 64;

/** How many code units make up the whole code points that go into so many bytes. */
function wholePoints(text: string, maxBytes: number): number {
  let units = 0;
  let bytes = 0;
  for (const point of text) {
    bytes += Buffer.byteLength(point);
    if (bytes > maxBytes) break;
    units += point.length;
  }
  return units;
}
