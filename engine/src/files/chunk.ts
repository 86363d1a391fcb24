/** A part of a file that is parsed on its own, so that an error in it leaves the rest readable. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly isJson: boolean;
}
