/** The buffers of a tape: transferred to the other thread and given back when they were read. */
export interface TapeBuffers {
  readonly numbers: ArrayBuffer;
  readonly bytes: ArrayBuffer;
}

/** A written tape as it crosses to the other thread: two transferred buffers and one string, whatever the number of entries. */
export interface SealedTape extends TapeBuffers {
  readonly text: string;
  /** Entries on the tape. */
  readonly entries: number;
}

const FIRST_NUMBERS = 16_384;
const FIRST_BYTES = 1_048_576;
/** A slab that one huge body blew up is not kept for the next batch. */
const LARGEST_KEPT_BYTES = 16 * 1_048_576;

/**
 * Packs values for another thread in the order in which they are read back. Numbers go to one slab, bytes to another and texts to one
 * string: structured cloning of an object a settlement costs ten times as much. `null` is a number of its own kind (NaN) or a length of -1.
 */
export class TapeWriter {
  /** Entries written, counted by the caller. */
  entries = 0;
  #numbers: Float64Array<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;
  #texts: string[] = [];
  #numberCount = 0;
  #byteCount = 0;
  #textLength = 0;

  constructor(buffers?: TapeBuffers) {
    this.#numbers = buffers === undefined ? new Float64Array(FIRST_NUMBERS) : new Float64Array(buffers.numbers);
    this.#bytes = new Uint8Array(buffers?.bytes ?? new ArrayBuffer(FIRST_BYTES));
  }

  /** Bytes and characters on the tape: what a batch's size is judged by. */
  get size(): number {
    return this.#byteCount + this.#textLength;
  }

  number(value: number): void {
    if (this.#numberCount === this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#numberCount++] = value;
  }

  optionalNumber(value: number | null): void {
    this.number(value ?? Number.NaN);
  }

  text(value: string): void {
    this.number(value.length);
    this.#textLength += value.length;
    this.#texts.push(value);
  }

  optionalText(value: string | null): void {
    if (value === null) this.number(-1);
    else this.text(value);
  }

  /** Copies `value`: the caller may reuse its memory at once. */
  optionalBytes(value: Uint8Array | null): void {
    if (value === null) {
      this.number(-1);
      return;
    }
    this.number(value.byteLength);
    const end = this.#byteCount + value.byteLength;
    if (end > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.byteLength * 2));
      larger.set(this.#bytes.subarray(0, this.#byteCount));
      this.#bytes = larger;
    }
    this.#bytes.set(value, this.#byteCount);
    this.#byteCount = end;
  }

  /** The tape as a message; both of its buffers belong into the transfer list. The writer is spent. */
  seal(): SealedTape {
    return {
      numbers: this.#numbers.buffer,
      bytes: this.#bytes.buffer,
      text: this.#texts.join(''),
      entries: this.entries,
    };
  }
}

/** Reads a sealed tape in the order in which it was written. */
export class TapeReader {
  readonly #numbers: Float64Array;
  readonly #bytes: ArrayBuffer;
  readonly #text: string;
  #numberIndex = 0;
  #byteIndex = 0;
  #textIndex = 0;

  constructor(tape: SealedTape) {
    this.#numbers = new Float64Array(tape.numbers);
    this.#bytes = tape.bytes;
    this.#text = tape.text;
  }

  number(): number {
    return this.#numbers[this.#numberIndex++] as number;
  }

  optionalNumber(): number | null {
    const value = this.number();
    return Number.isNaN(value) ? null : value;
  }

  text(): string {
    return this.optionalText() as string;
  }

  optionalText(): string | null {
    const length = this.number();
    if (length < 0) return null;
    const start = this.#textIndex;
    this.#textIndex = start + length;
    return this.#text.slice(start, this.#textIndex);
  }

  /** A view of the tape's own memory: valid until its buffers are given back. */
  optionalBytes(): Uint8Array | null {
    const length = this.number();
    if (length < 0) return null;
    const view = new Uint8Array(this.#bytes, this.#byteIndex, length);
    this.#byteIndex += length;
    return view;
  }
}

/** Whether a slab that came back is worth keeping for another batch. */
export function isReusable(buffers: TapeBuffers): boolean {
  return buffers.bytes.byteLength <= LARGEST_KEPT_BYTES;
}
