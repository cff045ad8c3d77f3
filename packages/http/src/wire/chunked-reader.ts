import { TransportFailure } from '../transport/transport-failure.ts';
import { BYTE, HEX_VALUE, IS_TEXT, IS_TOKEN } from './byte-classes.ts';

const SIZE_FIRST = 0;
const SIZE = 1;
const BEFORE_EXTENSION = 2;
const EXTENSION = 3;
const SIZE_LF = 4;
const DATA = 5;
const DATA_CR = 6;
const DATA_LF = 7;
const TRAILER = 8;
const TRAILER_NAME = 9;
const TRAILER_VALUE = 10;
const TRAILER_LF = 11;
const LAST_LF = 12;
const DONE = 13;

/** Framing that no honest server sends: more than 16 bytes of it for each byte of content. */
const FRAMING_FACTOR = 16;

/** Undoes the chunked coding (RFC 9112 7.1) in one pass: sizes and line ends are checked byte by byte, extensions and trailers checked and dropped. */
export class ChunkedReader {
  /** Where the content of the last {@link read} ends; it begins where that call's bytes began. */
  contentEnd = 0;
  #state = SIZE_FIRST;
  #size = 0;
  #framingBytes = 0;
  #contentBytes = 0;
  #maxFramingBytes = 0;

  /** A new body begins, which may have this much framing beyond what its content justifies. */
  reset(maxFramingBytes: number): void {
    this.#state = SIZE_FIRST;
    this.#size = 0;
    this.#framingBytes = 0;
    this.#contentBytes = 0;
    this.#maxFramingBytes = maxFramingBytes;
  }

  get isDone(): boolean {
    return this.#state === DONE;
  }

  /**
   * Reads from `start` to `end`, and moves the content that it finds together: afterwards it lies between `start` and {@link contentEnd}.
   *
   * @returns the first byte that does not belong to the body; `end` while the body goes on.
   * @throws TransportFailure at the first byte that breaks the coding.
   */
  read(bytes: Buffer, start: number, end: number): number {
    let state = this.#state;
    let size = this.#size;
    let contentEnd = start;
    let pos = start;
    while (pos < end && state !== DONE) {
      const byte = bytes[pos]!;
      switch (state) {
        case SIZE_FIRST:
        case SIZE: {
          const digit = HEX_VALUE[byte]!;
          if (digit < 16) {
            size = size * 16 + digit;
            if (size > Number.MAX_SAFE_INTEGER) throw malformed('a chunk size beyond all measure');
            state = SIZE;
          } else if (state === SIZE_FIRST) throw malformed('a chunk without a size');
          else state = afterSize(byte);
          pos++;
          break;
        }
        case BEFORE_EXTENSION:
          // RFC 9112 7.1.1: white space before the semicolon is bad, but has to be read.
          if (byte === BYTE.semicolon) state = EXTENSION;
          else if (byte !== BYTE.space && byte !== BYTE.tab) throw malformed('white space after a chunk size');
          pos++;
          break;
        case EXTENSION:
        case TRAILER_VALUE:
          while (pos < end && IS_TEXT[bytes[pos]!] === 1) pos++;
          if (pos === end) break;
          if (bytes[pos] !== BYTE.cr) throw malformed('a control character, or a line that ends with LF alone,');
          state = state === EXTENSION ? SIZE_LF : TRAILER_LF;
          pos++;
          break;
        case SIZE_LF:
          if (byte !== BYTE.lf) throw malformed('a CR that no LF follows');
          state = size === 0 ? TRAILER : DATA;
          pos++;
          break;
        case DATA: {
          const taken = Math.min(size, end - pos);
          if (contentEnd !== pos) bytes.copyWithin(contentEnd, pos, pos + taken);
          contentEnd += taken;
          pos += taken;
          size -= taken;
          if (size === 0) state = DATA_CR;
          break;
        }
        case DATA_CR:
          if (byte !== BYTE.cr) throw malformed('a chunk that is longer than its size');
          state = DATA_LF;
          pos++;
          break;
        case DATA_LF:
          if (byte !== BYTE.lf) throw malformed('a CR that no LF follows');
          state = SIZE_FIRST;
          pos++;
          break;
        case TRAILER:
          if (byte === BYTE.cr) state = LAST_LF;
          else if (IS_TOKEN[byte] === 1) state = TRAILER_NAME;
          else throw malformed('a malformed trailer line');
          pos++;
          break;
        case TRAILER_NAME:
          if (byte === BYTE.colon) state = TRAILER_VALUE;
          else if (IS_TOKEN[byte] !== 1) throw malformed('a malformed trailer name');
          pos++;
          break;
        case TRAILER_LF:
          if (byte !== BYTE.lf) throw malformed('a CR that no LF follows');
          state = TRAILER;
          pos++;
          break;
        default:
          if (byte !== BYTE.lf) throw malformed('a CR that no LF follows');
          state = DONE;
          pos++;
      }
    }
    this.#state = state;
    this.#size = size;
    this.contentEnd = contentEnd;
    this.#contentBytes += contentEnd - start;
    this.#framingBytes += pos - start - (contentEnd - start);
    if (this.#framingBytes > this.#maxFramingBytes + FRAMING_FACTOR * this.#contentBytes) {
      throw new TransportFailure('framing-overflow', 'the body has far more chunk framing than content');
    }
    return pos;
  }
}

function afterSize(byte: number): number {
  if (byte === BYTE.cr) return SIZE_LF;
  if (byte === BYTE.semicolon) return EXTENSION;
  if (byte === BYTE.space || byte === BYTE.tab) return BEFORE_EXTENSION;
  throw malformed(
    byte === BYTE.lf ? 'a chunk size line that ends with LF alone' : 'a chunk size that is no hexadecimal number',
  );
}

function malformed(what: string): TransportFailure {
  return new TransportFailure('malformed', `the chunked body has ${what} (RFC 9112 7.1)`);
}
