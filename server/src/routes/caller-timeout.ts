/** What part of the caller's patience a decision may take: the rest is for the way back. */
const SHARE = 0.8;

/**
 * The milliseconds that a decision may take, from the URL the API server calls: it says `?timeout=10s`, its own deadline,
 * in Go's words. Undefined where it says nothing, or nothing that can be read.
 */
export function deadlineMs(url: string): number | undefined {
  const text = /[?&]timeout=(\d{1,9}(?:\.\d{1,9})?)(ms|s|m)(?:&|$)/.exec(url);
  if (!text) return undefined;
  const unit = text[2] === "ms" ? 1 : text[2] === "s" ? 1000 : 60_000;
  return Number(text[1]) * unit * SHARE;
}
