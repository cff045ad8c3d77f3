/** Lines are handed on in pieces of about this many characters: a write for each line would cost more than the line. */
const PIECE = 65_536;

/** Joins lines into pieces; holds one piece in memory, never the whole. */
export async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
