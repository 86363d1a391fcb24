/** Whatever takes lines of a log. */
export interface LineDestination {
  write(text: string): unknown;
}

/** What several processes can write into one pipe without tearing each other's lines apart (PIPE_BUF of Linux). */
const ATOMIC_BYTES = 4096;

/**
 * Writes lines that are logged at one go in few pieces: handing a line to the system costs more than making it, and an audit
 * logs thousands. Nothing waits longer than the present turn of the event loop; what is waiting when the process ends is written.
 */
export function gatheredLines(destination: LineDestination): LineDestination {
  let waiting = "";
  let bytes = 0;
  const flush = (): void => {
    const text = waiting;
    waiting = "";
    bytes = 0;
    if (text !== "") destination.write(text);
  };
  process.once("exit", flush);
  return {
    write(line) {
      const length = Buffer.byteLength(line);
      if (bytes + length > ATOMIC_BYTES) flush();
      if (waiting === "") process.nextTick(flush);
      waiting += line;
      bytes += length;
    },
  };
}
