import { Buffer } from 'node:buffer';
import { COUNTER, READER, type SharedRing, WORD } from './shared-ring.ts';

const NEWLINE = 0x0a;
/** How long lines gather before they are written together, in milliseconds. The first line after a pause does not wait. */
const GATHER_MS = 10;

/** The writing thread's end of the ring. */
export class RingReader {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #counters: BigInt64Array<SharedArrayBuffer>;
  readonly #bytes: Buffer<SharedArrayBuffer>;
  readonly #mask: number;
  #tail: number;
  #isFresh = false;

  constructor(ring: SharedRing) {
    this.#words = ring.words;
    this.#counters = ring.counters;
    this.#bytes = Buffer.from(ring.bytes.buffer);
    this.#mask = ring.bytes.length - 1;
    this.#tail = Atomics.load(ring.words, WORD.tail);
  }

  /** Changes whenever the thread is called. Read it before looking for work, and wait with what was read: then no call is missed. */
  get wakes(): number {
    return Atomics.load(this.#words, WORD.wake);
  }

  get isClosing(): boolean {
    return Atomics.load(this.#words, WORD.closing) === 1;
  }

  get isWatched(): boolean {
    return Atomics.load(this.#words, WORD.watched) === 1;
  }

  get isReopenAsked(): boolean {
    return Atomics.load(this.#words, WORD.reopenAsked) !== Atomics.load(this.#words, WORD.reopenDone);
  }

  /** Answers the reopenings that were asked for so far. Call it before opening: a later request is answered by a later opening. */
  takeReopen(): () => void {
    const asked = Atomics.load(this.#words, WORD.reopenAsked);
    return () => Atomics.store(this.#words, WORD.reopenDone, asked);
  }

  /** A copy of the next whole lines, `maxBytes` or, when the first is longer, that line; undefined when there is none. */
  peek(maxBytes: number): Buffer | undefined {
    const available = (Atomics.load(this.#words, WORD.head) - this.#tail) >>> 0;
    if (available === 0) return undefined;
    // The loop publishes whole lines only, so the end of everything is the end of a line.
    for (let size = Math.min(available, maxBytes); ; size = Math.min(available, size * 2)) {
      const copy = this.#copy(size);
      const end = size === available ? size : copy.lastIndexOf(NEWLINE) + 1;
      if (end > 0) return copy.subarray(0, end);
    }
  }

  /** Gives `size` bytes of the ring back: their lines were written, or lost. */
  consume(size: number, lines: { readonly written: number; readonly lost: number }): void {
    this.count(lines);
    this.#tail = (this.#tail + size) | 0;
    this.#isFresh = true;
    Atomics.store(this.#words, WORD.tail, this.#tail);
    Atomics.notify(this.#words, WORD.tail);
  }

  count(lines: { readonly written: number; readonly lost: number }): void {
    Atomics.add(this.#counters, COUNTER.written, BigInt(lines.written));
    Atomics.add(this.#counters, COUNTER.lost, BigInt(lines.lost));
  }

  /** Waits for lines: a moment when some came just now, so that the next ones are written together, then until it is called. */
  rest(wakes: number): void {
    if (this.#isFresh) {
      this.#isFresh = false;
      this.#wait(READER.gathering, wakes, GATHER_MS);
      return;
    }
    this.#wait(READER.asleep, wakes, Number.POSITIVE_INFINITY);
  }

  /** Waits `ms` for the destination, or until it is called. */
  pause(wakes: number, ms: number): void {
    Atomics.wait(this.#words, WORD.wake, wakes, ms);
  }

  #wait(state: number, wakes: number, ms: number): void {
    Atomics.store(this.#words, WORD.reader, state);
    // A line that came before the state was visible called nobody.
    const isEmpty = Atomics.load(this.#words, WORD.head) === this.#tail;
    if (isEmpty || state === READER.gathering) Atomics.wait(this.#words, WORD.wake, wakes, ms);
    Atomics.store(this.#words, WORD.reader, READER.busy);
  }

  #copy(size: number): Buffer {
    const copy = Buffer.allocUnsafeSlow(size);
    const at = this.#tail & this.#mask;
    const first = Math.min(size, this.#bytes.length - at);
    copy.set(this.#bytes.subarray(at, at + first), 0);
    if (first < size) copy.set(this.#bytes.subarray(0, size - first), first);
    return copy;
  }
}
