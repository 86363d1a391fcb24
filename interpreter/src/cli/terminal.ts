import { readFileSync, writeSync } from "node:fs";

/** The streams a command talks to. */
export interface Terminal {
  /** All of standard input, as bytes. */
  readonly stdin: () => Buffer;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Whoever read the output has gone, as `head` does after its lines: nothing more is to be said or done. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/** The streams of this process. Written synchronously: loading Node's streams costs more than a small evaluation. */
export const processTerminal: Terminal = {
  stdin: () => readFileSync(0),
  out: (text) => writeAll(1, text),
  err: (text) => writeAll(2, text),
};

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new OutputClosed("output closed", { cause: error });
      if (code !== "EAGAIN") throw error;
      // A pipe that does not block is full: let its reader work.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
