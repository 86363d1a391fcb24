interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The parts of the process that the commands use. */
export interface GatorProcess {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };
}

/** What is piped in; nothing where standard input is a terminal. */
export async function readStdin({ stdin }: GatorProcess): Promise<string> {
  if (stdin.isTTY === true) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stdin)
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
