/** What a command ends with. */
export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ends with an error; the message stands alone on the error stream, as gator prints it. */
export function failed(message: string): CommandOutput {
  return { exitCode: 1, stdout: "", stderr: `${message}\n` };
}
