import { Buffer } from 'node:buffer';

/** Lines on their way out: the bytes to write, where each line ends in them, and how far the writing has come. */
export class Batch {
  readonly bytes: Buffer;
  /** Bytes that these lines take in the ring. */
  readonly sourceSize: number;
  /** Bytes that are written. */
  offset = 0;
  readonly #ends: readonly number[];

  constructor(bytes: Buffer, sourceSize: number, ends: readonly number[]) {
    this.bytes = bytes;
    this.sourceSize = sourceSize;
    this.#ends = ends;
  }

  /** The lines of `source`, each through `format`; as they are without it. */
  static of(source: Buffer, format?: (line: string) => string): Batch {
    const ends: number[] = [];
    const pieces: Buffer[] = [];
    let written = 0;
    for (let start = 0; start < source.length; ) {
      const end = source.indexOf('\n', start) + 1;
      if (format !== undefined) pieces.push(Buffer.from(format(source.toString('utf8', start, end - 1))));
      written += format === undefined ? end - start : pieces.at(-1)!.length;
      ends.push(written);
      start = end;
    }
    return new Batch(format === undefined ? source : Buffer.concat(pieces, written), source.length, ends);
  }

  get isDone(): boolean {
    return this.offset === this.bytes.length;
  }

  /** Lines that are written whole. */
  get written(): number {
    const next = this.#ends.findIndex((end) => end > this.offset);
    return next === -1 ? this.#ends.length : next;
  }

  /** Lines that are not. */
  get unwritten(): number {
    return this.#ends.length - this.written;
  }

  /** Back to the start of the line that is half written: for a destination that did not see its first half. */
  rewind(): void {
    this.offset = this.#ends[this.written - 1] ?? 0;
  }
}
