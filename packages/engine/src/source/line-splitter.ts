/** A line of bytes, as far as it was kept. */
export interface RawLine {
  /** Line number, from 1. */
  readonly number: number;
  /** The bytes without the line ending; null when the line was longer than the limit. */
  readonly bytes: Buffer | null;
  /** Offset of the first byte behind the line and its ending. */
  readonly end: number;
}

const LF = 10;
const CR = 13;

/**
 * Cuts chunks of bytes into lines: LF, CRLF and a lone CR end a line, a byte-order mark at the very beginning is dropped, a last line without an
 * ending counts. Lines beyond `maxBytes` are not kept in memory.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #number: number;
  #offset: number;
  #parts: Buffer[] = [];
  #length = 0;
  /** The last byte was a CR. Its line is given only when the next byte is known: `end` has to lie behind an LF that belongs to it. */
  #afterCr = false;

  constructor(
    maxBytes: number,
    start: { readonly number: number; readonly offset: number } = { number: 0, offset: 0 },
  ) {
    this.#maxBytes = maxBytes;
    this.#number = start.number;
    this.#offset = start.offset;
  }

  /** The lines that end in `chunk`. */
  push(chunk: Buffer): RawLine[] {
    const lines: RawLine[] = [];
    if (chunk.length === 0) return lines;
    let from = 0;
    if (this.#afterCr) {
      if (chunk[0] === LF) from = 1;
      this.#offset += from;
      lines.push(this.#line());
    }
    let cr = chunk.indexOf(CR, from);
    let lf = chunk.indexOf(LF, from);
    while (cr !== -1 || lf !== -1) {
      const at = cr === -1 ? lf : lf === -1 ? cr : Math.min(cr, lf);
      let next = at + 1;
      if (at === cr && chunk[next] === LF) next++;
      this.#keep(chunk.subarray(from, at));
      this.#offset += next - from;
      from = next;
      if (at === cr && at + 1 === chunk.length) {
        this.#afterCr = true;
        return lines;
      }
      lines.push(this.#line());
      if (cr !== -1 && cr < from) cr = chunk.indexOf(CR, from);
      if (lf !== -1 && lf < from) lf = chunk.indexOf(LF, from);
    }
    this.#keep(chunk.subarray(from));
    this.#offset += chunk.length - from;
    return lines;
  }

  /** The line that the input broke off in, if there is one. */
  end(): RawLine[] {
    return this.#length > 0 || this.#afterCr ? [this.#line()] : [];
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length <= this.#maxBytes) {
      if (part.length > 0) this.#parts.push(part);
    } else this.#parts = [];
  }

  #line(): RawLine {
    const isTooLong = this.#length > this.#maxBytes;
    let bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#afterCr = false;
    this.#number++;
    if (this.#number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    return { number: this.#number, bytes: isTooLong ? null : bytes, end: this.#offset };
  }
}
