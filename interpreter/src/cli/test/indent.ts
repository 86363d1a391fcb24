/**
 * Indents what is written: the first letter of each piece, and each line within it. OPA's reports are made of such pieces,
 * so where one begins shows.
 */
export function indentPieces(pieces: readonly string[], blanks: number): string {
  const indent = " ".repeat(blanks);
  return pieces
    .map((piece) => (piece === "" ? "" : indent + piece.replace(/\n(?=[^])/g, `\n${indent}`)))
    .join("");
}
