import type { RegoError } from "../../errors.ts";

/** An error, and whether it is about something unknown. */
export interface TypeFault {
  readonly error: RegoError;
  readonly unknown: boolean;
}
