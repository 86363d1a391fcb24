/** Waits; ends early when the signal says so, and tells by `false` that it did. */
export function sleep(ms: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false);
    const ended = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", ended);
      resolve(true);
    }, ms);
    signal?.addEventListener("abort", ended, { once: true });
  });
}
