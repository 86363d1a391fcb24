import type { Comment } from "../ast.ts";

/** A comment stands where the layout has no place for it; the node is then written as it was. */
export class MisplacedComment extends Error {
  override readonly name = "MisplacedComment";
}

/** A state to go back to. */
export interface LayoutState {
  readonly text: string;
  readonly level: number;
  readonly inline: boolean;
  readonly atEnd: Comment | undefined;
  readonly comments: readonly Comment[];
}

/** Lines with tabs before them, and the comments that wait for their place among them. */
export class Layout {
  text = "";
  #level = 0;
  #inline = false;
  /** Goes to the end of the current line. */
  #atEnd: Comment | undefined;
  #delayed = false;
  /** In source order. */
  #comments: readonly Comment[];

  constructor(comments: readonly Comment[]) {
    this.#comments = comments;
  }

  save(): LayoutState {
    return {
      text: this.text,
      level: this.#level,
      inline: this.#inline,
      atEnd: this.#atEnd,
      comments: this.#comments,
    };
  }

  restore(state: LayoutState): void {
    this.text = state.text;
    this.#level = state.level;
    this.#inline = state.inline;
    this.#atEnd = state.atEnd;
    this.#comments = state.comments;
    this.#delayed = false;
  }

  get inline(): boolean {
    return this.#inline;
  }

  /** Whether a comment waits that stands above a row, or for the end of the line. */
  hasCommentAbove(row: number): boolean {
    const [first] = this.#comments;
    return this.#atEnd !== undefined || (first !== undefined && first.location.row < row);
  }

  hasCommentBetween(first: number, last: number): boolean {
    return this.#comments.some(({ location: { row } }) => row > first && row < last);
  }

  /** Writes the comments above a row, each on its line; one on the row itself goes to the end of the line. */
  comments(row: number): void {
    const before = this.#comments.filter(({ location }) => location.row < row);
    const at = this.#comments.filter(({ location }) => location.row === row);
    if (before.length === 0 && at.length === 0) return;
    if (before.length > 0 && this.#inline && !/\n\t*$/.test(this.text)) throw new MisplacedComment();
    this.#comments = this.#comments.filter(({ location }) => location.row > row);
    this.#write(before);
    const last = before.at(-1);
    if (last && row - last.location.row > 1) this.blank();
    for (const comment of at) {
      if (this.#atEnd) throw new MisplacedComment();
      this.#atEnd = comment;
    }
  }

  /** Writes the comments above a row, and leaves the others. */
  commentsAbove(row: number): void {
    const before = this.#comments.filter(({ location }) => location.row < row);
    this.#comments = this.#comments.filter(({ location }) => location.row >= row);
    this.#write(before);
    const last = before.at(-1);
    if (last && row - last.location.row > 1) this.blank();
  }

  /** Writes all that is left. */
  restOfComments(): void {
    this.#write(this.#comments);
    this.#comments = [];
  }

  /** Takes the comments inside rows that are written as they were; the one on the last row is written behind them. */
  takeComments(first: number, last: number): void {
    const end = this.#comments.find(({ location }) => location.row === last);
    this.#comments = this.#comments.filter(({ location: { row } }) => row < first || row > last);
    if (end) this.#atEnd = end;
    else if (this.#atEnd && this.#atEnd.location.row >= first && this.#atEnd.location.row < last)
      this.#atEnd = undefined;
  }

  commentOn(row: number): Comment | undefined {
    const found = this.#comments.find(({ location }) => location.row === row);
    if (found) this.#comments = this.#comments.filter((comment) => comment !== found);
    return found;
  }

  #write(comments: readonly Comment[]): void {
    let inBlock = false;
    comments.forEach((comment, i) => {
      const previous = comments[i - 1];
      const gap = previous ? comment.location.row - previous.location.row : 1;
      const opens = comment.location.col === 1 && comment.text.trim().startsWith("METADATA");
      if (gap > 1 || (inBlock && opens)) this.blank();
      inBlock = (gap <= 1 && inBlock) || opens;
      this.line(commentText(comment));
    });
  }

  start(): void {
    this.#inline = true;
    this.text += "\t".repeat(this.#level);
  }

  end(): void {
    this.#inline = false;
    if (this.#atEnd && !this.#delayed) {
      this.text += ` ${commentText(this.#atEnd)}`;
      this.#atEnd = undefined;
    }
    this.#delayed = false;
    this.text += "\n";
  }

  line(text: string): void {
    if (!this.#inline) this.start();
    this.write(text);
    this.end();
  }

  blank(): void {
    if (this.#inline) this.end();
    this.text += "\n";
  }

  write(text: string): void {
    this.text += text;
  }

  /** A comment on the row of an opening bracket stays with the closing one's line. */
  delayComment(): void {
    this.#delayed = true;
  }

  up(): void {
    this.#level++;
  }

  down(): void {
    this.#level--;
  }
}

export function commentText({ text }: Comment): string {
  return `#${text.trimEnd()}`;
}
