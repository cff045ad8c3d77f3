/**
 * The memory that the loop and the writing thread share: a ring of bytes between one producer and one consumer (the form of Linux'
 * kfifo: positions only grow, wrap at 2^32, and are masked to an index), a few control words and two counters.
 * A line is in it when `log.info()` returns, so a loop that is busy or dying keeps nothing back.
 */
export interface SharedRing {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly counters: BigInt64Array<SharedArrayBuffer>;
  /** Its length is a power of two. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Bytes that may wait at once; at most the length of `bytes`. */
  readonly limit: number;
}

/** Index of each control word. */
export const WORD = {
  /** Position after the last byte that was put in. Written by the loop. */
  head: 0,
  /** Position of the first byte that is not yet done with. Written by the thread, which notifies it. */
  tail: 1,
  /** Counts calls to the thread; the thread waits on it. */
  wake: 2,
  /** What the thread does: one of {@link READER}. */
  reader: 3,
  /** 1 while the loop wants a message at every progress. */
  watched: 4,
  /** How often a reopening was asked for, and how many of these are done. */
  reopenAsked: 5,
  reopenDone: 6,
  /** 1 when the thread shall end. */
  closing: 7,
} as const;

/** What the thread is doing: at work, waiting a moment for more lines to come together, or asleep until it is woken. */
export const READER = { busy: 0, gathering: 1, asleep: 2 } as const;

/** Index of each counter: lines that were written, and lines that were taken out and could not be written. */
export const COUNTER = { written: 0, lost: 1 } as const;

/** A new ring for at most `limit` bytes. Memory is taken from the system only as it is first used. */
export function createSharedRing(limit: number): SharedRing {
  return {
    words: new Int32Array(new SharedArrayBuffer(Object.keys(WORD).length * Int32Array.BYTES_PER_ELEMENT)),
    counters: new BigInt64Array(new SharedArrayBuffer(Object.keys(COUNTER).length * BigInt64Array.BYTES_PER_ELEMENT)),
    bytes: new Uint8Array(new SharedArrayBuffer(2 ** Math.ceil(Math.log2(limit)))),
    limit,
  };
}
