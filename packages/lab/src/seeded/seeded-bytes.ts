/** The size of the pieces that `seededChunks` yields, in bytes. */
export const CHUNK_BYTES: number = 64 * 1024;

/**
 * Yields `length` bytes that depend on the seed alone, in pieces of `CHUNK_BYTES` (the last one may be shorter). A
 * shorter body is a prefix of a longer one with the same seed. Generator: mulberry32 (T. Ettinger, public domain).
 */
export function* seededChunks(seed: number, length: number): Generator<Buffer, void> {
  let state = seed | 0;
  for (let left = length; left > 0; left -= CHUNK_BYTES) {
    const size = Math.min(left, CHUNK_BYTES);
    const words = new Uint32Array(Math.ceil(size / 4));
    for (let index = 0; index < words.length; index += 1) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      words[index] = mixed ^ (mixed >>> 14);
    }
    yield Buffer.from(words.buffer, 0, size);
  }
}
