import { Buffer } from 'node:buffer';
import {
  brotliDecompress,
  brotliDecompressSync,
  gunzip,
  gunzipSync,
  type InputType,
  inflate,
  inflateRaw,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import type { ContentCoding, DecodeFunction } from '../decode-body.ts';
import { isPadding, TrailingBytes } from './trailing-bytes.ts';

/** With `info: true` zlib says besides how much of its input it used: what lies behind the end is otherwise passed over in silence. */
interface Decoded {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

type Options = ZlibOptions & { readonly info: true };
type Undo = (body: InputType, options: Options, done: (error: Error | null, decoded: Decoded) => void) => void;
type UndoSync = (body: InputType, options: Options) => Decoded;

// The types of Node do not know `info`.
const ON_THREADS = { gzip: gunzip, deflate: inflate, raw: inflateRaw, br: brotliDecompress, zstd: zstdDecompress };
const AT_ONCE = {
  gzip: gunzipSync,
  deflate: inflateSync,
  raw: inflateRawSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** Up to so many bytes in and out, handing a body to a thread and back costs more than decoding it: some 80 µs of CPU against 30. */
const SMALL_BYTES = 8 * 1024;
const SMALL_DECODED_BYTES = 64 * 1024;

/** Between these are the pieces of output, and no piece is so many times larger than the input. */
const MIN_PIECE_BYTES = 16 * 1024;
const MAX_PIECE_BYTES = 4 * 1024 * 1024;
const MAX_PIECE_RATIO = 16;
/** By which text grows when it is decoded, as a rule. */
const USUAL_RATIO = 4;

/** More frames of zstd than any writer makes of a body that fits: each costs a way to a thread and back. */
const MAX_FRAMES = 1000;

/**
 * The session's own {@link DecodeFunction}: node:zlib on libuv's thread pool, so the event loop stays free. What is smaller than 8 KiB, and
 * not larger than 64 KiB when it is decoded, is decoded at once, which is cheaper than to wait for a thread.
 */
export const decodeOnThreadPool: DecodeFunction = async (body, coding, maxBytes) => {
  const frames: Buffer[] = [];
  let total = 0;
  let rest = body;
  do {
    const small = frames.length === 0 && body.length <= SMALL_BYTES ? undoSmall(body, coding, maxBytes) : undefined;
    const step = small ?? (await undoOnThread(rest, coding, maxBytes - total));
    frames.push(step.buffer);
    total += step.buffer.length;
    if (total > maxBytes) throw Object.assign(new Error('too large'), { code: 'ERR_BUFFER_TOO_LARGE' });
    if (frames.length > MAX_FRAMES) throw new Error(`more than ${MAX_FRAMES} frames`);
    rest = restOf(rest, coding, step);
  } while (rest.length > 0);
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames, total);
};

/** Undefined when it turns out large. */
function undoSmall(body: Uint8Array, coding: ContentCoding, maxBytes: number): Decoded | undefined {
  const undo = AT_ONCE[formatOf(coding, body)] as unknown as UndoSync;
  try {
    return undo(body, { maxOutputLength: atLeastOne(Math.min(maxBytes, SMALL_DECODED_BYTES)), info: true });
  } catch (error) {
    const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    if (isLarge && maxBytes > SMALL_DECODED_BYTES) return undefined;
    throw error;
  }
}

function undoOnThread(body: Uint8Array, coding: ContentCoding, maxBytes: number): Promise<Decoded> {
  const { promise, resolve, reject } = Promise.withResolvers<Decoded>();
  const undo = ON_THREADS[formatOf(coding, body)] as unknown as Undo;
  const options: Options = { maxOutputLength: atLeastOne(maxBytes), chunkSize: pieceBytes(body, coding), info: true };
  undo(body, options, (error, decoded) => (error === null ? resolve(decoded) : reject(error)));
  return promise;
}

/**
 * The piece of output that is made at once: each costs a way to a thread and back, and what comes in one piece is never copied. A gzip body
 * ends with its decoded length (RFC 1952 2.3.1), which is believed up to a bound, as memory is taken for it; of the others it is a guess.
 */
function pieceBytes(body: Uint8Array, coding: ContentCoding): number {
  const guess = coding === 'gzip' ? gzipLength(body) : body.length * USUAL_RATIO;
  // A byte more than is needed, or zlib would ask for another piece to see that there is none.
  return Math.min(
    Math.max(guess + 1, MIN_PIECE_BYTES),
    MAX_PIECE_BYTES,
    body.length * MAX_PIECE_RATIO + MIN_PIECE_BYTES,
  );
}

function gzipLength(body: Uint8Array): number {
  return body.length < 4 ? 0 : new DataView(body.buffer, body.byteOffset).getUint32(body.length - 4, true);
}

/** zlib takes no limit below 1; a frame of nothing may still come when the limit is reached. */
function atLeastOne(maxBytes: number): number {
  return Math.max(1, maxBytes);
}

/** What is left behind the end: the next frame of a zstd body (RFC 8878 3), nothing else. */
function restOf(body: Uint8Array, coding: ContentCoding, { engine }: Decoded): Uint8Array {
  const rest = body.subarray(engine.bytesWritten);
  if (rest.length === 0 || coding === 'zstd') return rest;
  if (coding === 'gzip' && isPadding(rest)) return rest.subarray(rest.length);
  throw new TrailingBytes(rest.length);
}

function formatOf(coding: ContentCoding, body: Uint8Array): keyof typeof AT_ONCE {
  return coding === 'deflate' && !hasZlibHeader(body) ? 'raw' : coding;
}

/** `deflate` is the zlib format (RFC 9110 8.4.1.2), but some servers send it without its wrapper: its first two bytes tell (RFC 1950 2.2). */
export function hasZlibHeader(body: Uint8Array): boolean {
  const first = body[0] ?? 0;
  return (first & 0x0f) === 8 && ((first << 8) | (body[1] ?? 0)) % 31 === 0;
}
