import { Buffer } from 'node:buffer';
import { READER, type SharedRing, WORD } from './shared-ring.ts';

/** UTF-8 takes at most this many bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/** The loop's end of the ring. Nothing here waits, except {@link RingWriter.waitForTail}. */
export class RingWriter {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Buffer<SharedArrayBuffer>;
  readonly #mask: number;
  readonly #limit: number;
  #head: number;

  constructor(ring: SharedRing) {
    this.#words = ring.words;
    this.#bytes = Buffer.from(ring.bytes.buffer);
    this.#mask = ring.bytes.length - 1;
    this.#limit = ring.limit;
    this.#head = Atomics.load(ring.words, WORD.head);
  }

  /** Position after the last line. */
  get head(): number {
    return this.#head;
  }

  /** Share of the ring that is taken, from 0 to 1. */
  get fill(): number {
    return this.#used() / this.#limit;
  }

  /** Puts a whole line in, and wakes the thread if it sleeps. False, and nothing put in, when there is no room for all of it. */
  write(line: string): boolean {
    const used = this.#used();
    let size = line.length * MAX_BYTES_PER_UNIT;
    if (used + size > this.#limit) {
      size = Buffer.byteLength(line);
      if (used + size > this.#limit) return false;
    }
    const at = this.#head & this.#mask;
    const taken = at + size <= this.#bytes.length ? this.#bytes.write(line, at) : this.#writeAcrossTheEnd(line, at);
    this.#head = (this.#head + taken) | 0;
    Atomics.store(this.#words, WORD.head, this.#head);
    const reader = Atomics.load(this.#words, WORD.reader);
    // Waking costs a system call: a thread that gathers lines is left alone until a good part of the ring is full.
    if (reader === READER.asleep || (reader === READER.gathering && used + taken > this.#limit / 4)) this.wake();
    return true;
  }

  /** True when everything before `position` was written or given up. */
  hasDone(position: number): boolean {
    return ((this.#tail() - position) | 0) >= 0;
  }

  /** Blocks this thread until the other one has made progress past `tail`, or the time is up. For the end of the process only. */
  waitForTail(position: number, timeoutMs: number): boolean {
    const until = performance.now() + timeoutMs;
    this.wake();
    for (let tail = this.#tail(); ((tail - position) | 0) < 0; tail = this.#tail()) {
      const left = until - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#words, WORD.tail, tail, left);
    }
    return true;
  }

  /** Makes the thread look at once: for lines, a reopening, the end. */
  wake(): void {
    // Before the thread looks again every further line would wake it, too.
    Atomics.store(this.#words, WORD.reader, READER.busy);
    Atomics.add(this.#words, WORD.wake, 1);
    Atomics.notify(this.#words, WORD.wake);
  }

  /** Whether the thread shall send a message whenever it has made progress. */
  watch(isWatching: boolean): void {
    Atomics.store(this.#words, WORD.watched, isWatching ? 1 : 0);
  }

  /** Asks for the destination to be opened anew; the answer tells whether that was done. */
  askReopen(): () => boolean {
    const asked = Atomics.add(this.#words, WORD.reopenAsked, 1) + 1;
    this.wake();
    return () => ((Atomics.load(this.#words, WORD.reopenDone) - asked) | 0) >= 0;
  }

  /** Asks the thread to write what it can write now, and to end. */
  askClose(): void {
    Atomics.store(this.#words, WORD.closing, 1);
    this.wake();
  }

  #writeAcrossTheEnd(line: string, at: number): number {
    const whole = Buffer.from(line);
    const first = whole.subarray(0, this.#bytes.length - at);
    this.#bytes.set(first, at);
    this.#bytes.set(whole.subarray(first.length), 0);
    return whole.length;
  }

  #used(): number {
    return (this.#head - this.#tail()) >>> 0;
  }

  #tail(): number {
    return Atomics.load(this.#words, WORD.tail);
  }
}
