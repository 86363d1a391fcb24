/** One source text with the name that messages print (`policy.rego`; empty for a query). */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Where a node stands: a slice of its source, and the row and column (1-based, column in code points) of its start. */
export class Location {
  readonly source: Source;
  /** UTF-16 offsets into `source.text`, end excluded. */
  readonly start: number;
  readonly end: number;
  readonly row: number;
  readonly col: number;

  constructor(source: Source, start: number, end: number, row: number, col: number) {
    this.source = source;
    this.start = start;
    this.end = end;
    this.row = row;
    this.col = col;
  }

  get file(): string {
    return this.source.file;
  }

  /** The exact source text of the node. */
  get text(): string {
    return this.source.text.slice(this.start, this.end);
  }

  /** `file:row`, or `row:col` where the source has no name: how OPA prints a place. */
  toString(): string {
    return this.file === "" ? `${this.row}:${this.col}` : `${this.file}:${this.row}`;
  }
}
