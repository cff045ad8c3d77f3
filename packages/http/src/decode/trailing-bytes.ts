/** A compressed body goes on behind its end: it is not what its coding says. */
export class TrailingBytes extends Error {
  readonly code = 'TRAILING_BYTES';

  constructor(bytes: number) {
    super(`${bytes} bytes lie behind the end of the compressed body`);
  }
}

/** Zero bytes, which tapes and some servers put behind gzip, and every reader passes over. */
export function isPadding(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
