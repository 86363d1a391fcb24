// A terminal signals the whole group, and npm and our own launcher hand the signal on: the same Ctrl-C comes several times.
const SAME_SIGNAL_MS = 1000;

/** Resolves with the first SIGINT or SIGTERM; one that comes later than its echoes ends the process at once. */
export function stopSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let first: number | undefined;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      const now = performance.now();
      if (first !== undefined && now - first > SAME_SIGNAL_MS) process.exit(1);
      first ??= now;
      resolve(name);
    });
  }
  return promise;
}
