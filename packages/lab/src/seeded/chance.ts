/**
 * A 32-bit hash of a text under a seed: FNV-1a (Fowler, Noll, Vo), finished with MurmurHash3's mixer (fmix32) so that
 * texts which differ in one digit land far apart. The same seed and text always give the same number.
 */
export function hashText(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1);
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1) that depends on nothing but the seed and the text. */
export function chance(seed: number, text: string): number {
  return hashText(seed, text) / 0x1_0000_0000;
}
