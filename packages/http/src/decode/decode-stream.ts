import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  type Gunzip,
} from 'node:zlib';
import { type ContentCoding, codingsOf, DecodeFailure, type DecodeLimits, RATIO_FREE_BYTES } from '../decode-body.ts';
import { isPadding, TrailingBytes } from './trailing-bytes.ts';
import { hasZlibHeader } from './undo-whole.ts';

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/**
 * Decodes a body piece by piece as its `Content-Encoding` says, on libuv's threads, and no faster than it is read. The same checks as for
 * a whole body: caps, ratio, checksums, a cut, bytes behind the end; each is told before the end is.
 *
 * @throws DecodeFailure
 */
export function decodeStream(chunks: Chunks, contentEncoding: string, limits: DecodeLimits): Chunks {
  const codings = codingsOf(contentEncoding);
  const seen = { bytes: 0 };
  let decoded: Chunks = counted(chunks, seen);
  for (const coding of codings.toReversed()) decoded = undo(decoded, coding);
  return codings.length === 0 ? decoded : bounded(decoded, seen, limits);
}

async function* counted(chunks: Chunks, seen: { bytes: number }): Chunks {
  for await (const chunk of chunks) {
    seen.bytes += chunk.length;
    yield chunk;
  }
}

async function* bounded(chunks: Chunks, seen: { readonly bytes: number }, limits: DecodeLimits): Chunks {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > limits.maxBodyBytes) {
      throw new DecodeFailure(
        'SLUICE_HTTP_BODY_TOO_LARGE',
        `the body decodes to more than ${limits.maxBodyBytes} bytes`,
      );
    }
    if (total > RATIO_FREE_BYTES && total > limits.maxRatio * seen.bytes) {
      throw new DecodeFailure('SLUICE_HTTP_RATIO', `the body decodes to more than ${limits.maxRatio} times its size`);
    }
    yield chunk;
  }
}

async function* undo(source: Chunks, coding: ContentCoding): Chunks {
  let decoder: Decoder | undefined;
  let isEmpty = true;
  try {
    for await (let chunk of coding === 'deflate' ? withTwoBytes(source) : source) {
      isEmpty &&= chunk.length === 0;
      while (chunk.length > 0) {
        decoder ??= new Decoder(coding, chunk);
        yield* decoder.write(chunk);
        chunk = decoder.rest(chunk);
        // The next frame (RFC 8878 3): a decoder takes one, or several that do not begin in the middle of a piece.
        if (chunk.length > 0) {
          decoder.destroy();
          decoder = undefined;
        }
      }
    }
    // An answer without content may still name a coding.
    if (!isEmpty) yield* decoder!.end();
  } finally {
    decoder?.destroy();
  }
}

/** The first piece is long enough to tell the two kinds of deflate apart. */
async function* withTwoBytes(source: Chunks): Chunks {
  let held: Uint8Array | undefined;
  let isLong = false;
  for await (const chunk of source) {
    held = isLong || held === undefined ? chunk : Buffer.concat([held, chunk]);
    isLong ||= held.length >= 2;
    if (isLong) yield held;
  }
  if (!isLong && held !== undefined) yield held;
}

/** A zlib stream that is driven write by write: only so it shows how much of each piece it used. */
class Decoder {
  readonly #coding: ContentCoding;
  readonly #zlib: Gunzip;
  #fed = 0;
  /** It saw the end of the body, perhaps before it was told that there is no more: it will not answer any more. */
  #isEnded = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  constructor(coding: ContentCoding, first: Uint8Array) {
    this.#coding = coding;
    this.#zlib = makeZlib(coding, first);
    const signal = (): void => this.#wake();
    this.#zlib.on('readable', signal);
    this.#zlib.on('end', () => {
      this.#isEnded = true;
      signal();
    });
    this.#zlib.on('error', (error: Error) => {
      this.#error = error;
      signal();
    });
  }

  async *write(chunk: Uint8Array): Chunks {
    let isWritten = false;
    this.#fed += chunk.length;
    if (this.#isEnded) return;
    this.#zlib.write(chunk, () => {
      isWritten = true;
      this.#wake();
    });
    yield* this.#output(() => isWritten);
  }

  async *end(): Chunks {
    this.#zlib.end();
    yield* this.#output(() => false);
  }

  /** What of the piece that was just written lies behind the end. */
  rest(chunk: Uint8Array): Uint8Array {
    const unused = this.#fed - this.#zlib.bytesWritten;
    if (unused <= 0) return chunk.subarray(chunk.length);
    const rest = chunk.subarray(Math.max(0, chunk.length - unused));
    if (this.#coding === 'zstd') return rest;
    if (this.#coding === 'gzip' && isPadding(rest)) return chunk.subarray(chunk.length);
    throw DecodeFailure.of(new TrailingBytes(unused), this.#coding);
  }

  destroy(): void {
    this.#zlib.destroy();
  }

  async *#output(isDone: () => boolean): Chunks {
    for (;;) {
      for (let piece = this.#zlib.read(); piece !== null; piece = this.#zlib.read()) yield piece as Buffer;
      if (this.#error !== undefined) throw DecodeFailure.of(this.#error, this.#coding);
      if (isDone() || this.#isEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function makeZlib(coding: ContentCoding, first: Uint8Array): Gunzip {
  if (coding === 'gzip') return createGunzip();
  if (coding === 'br') return createBrotliDecompress() as Gunzip;
  if (coding === 'zstd') return createZstdDecompress() as unknown as Gunzip;
  return (hasZlibHeader(first) ? createInflate() : createInflateRaw()) as Gunzip;
}
