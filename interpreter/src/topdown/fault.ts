import type { RegoError } from "../errors.ts";

/** Ends an evaluation with an error of the policy's making. Caught at the door of the folder, never inside. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly error: RegoError;

  constructor(error: RegoError) {
    super(error.message);
    this.error = error;
  }
}
