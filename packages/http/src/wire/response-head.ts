import { lengthBit } from '../head-text.ts';
import { HeaderList } from '../header-list.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import type { HeadScanner } from './head-scanner.ts';

const CONNECTION = 'connection';
const KEEP_ALIVE = 'keep-alive';
const CONTENT_LENGTH = 'content-length';
const TRANSFER_ENCODING = 'transfer-encoding';

/** What ends a body (RFC 9112 6.3). */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/** A response head, read and judged. */
export interface ResponseHead {
  readonly headers: HeaderList;
  readonly framing: Framing;
  /** Bytes of the body; 0 unless the framing is `length`. */
  readonly length: number;
  /** The connection may serve another exchange afterwards (RFC 9112 9.3), and nothing about the body's end is doubtful. */
  readonly isPersistent: boolean;
  /** `Keep-Alive: timeout`, in milliseconds; undefined when the server does not say. */
  readonly keepAliveMs: number | undefined;
}

/**
 * Reads the fields of a scanned head and decides about the body's framing.
 *
 * @throws TransportFailure of kind `malformed` when what the head says about the framing is not certain.
 */
export function readHead(scanner: HeadScanner, text: string, isHeadRequest: boolean): ResponseHead {
  const { marks, fields, status } = scanner;
  let nameLengths = 0;
  let length = -1;
  let isChunked = false;
  let closes = false;
  let keepsAlive = false;
  let keepAliveMs: number | undefined;
  for (let field = 0, mark = 0; field < fields; field++, mark += 4) {
    const nameStart = marks[mark]!;
    const nameLength = marks[mark + 1]! - nameStart;
    nameLengths |= lengthBit(nameLength);
    // Lengths and first letters differ nearly always, and comparing them costs nothing.
    if (nameLength === CONNECTION.length && isNamed(text, nameStart, CONNECTION)) {
      const options = valueAt(text, marks, mark);
      if (options === 'keep-alive') keepsAlive = true;
      else {
        closes ||= hasOption(options, 'close');
        keepsAlive ||= hasOption(options, 'keep-alive');
      }
    } else if (nameLength === KEEP_ALIVE.length && isNamed(text, nameStart, KEEP_ALIVE)) {
      keepAliveMs = timeoutOf(valueAt(text, marks, mark)) ?? keepAliveMs;
    } else if (nameLength === CONTENT_LENGTH.length && isNamed(text, nameStart, CONTENT_LENGTH)) {
      if (length >= 0) throw malformed('two Content-Lengths (RFC 9112 6.3, 5)');
      length = decimal(valueAt(text, marks, mark));
    } else if (nameLength === TRANSFER_ENCODING.length && isNamed(text, nameStart, TRANSFER_ENCODING)) {
      // RFC 9112 6.1: chunked is applied once and last, and nobody asked for another coding.
      if (isChunked || valueAt(text, marks, mark).toLowerCase() !== 'chunked')
        throw malformed('a transfer coding other than chunked, once (RFC 9112 6.1)');
      isChunked = true;
    }
  }
  if (isChunked && length >= 0) throw malformed('both Content-Length and Transfer-Encoding (RFC 9112 6.3, 3)');
  if (isChunked && scanner.minor === 0) throw malformed('Transfer-Encoding in an HTTP/1.0 message (RFC 9112 6.1)');
  // RFC 9112 6.3, 1: these have no body, whatever their fields say.
  const isBodiless = isHeadRequest || status === 204 || status === 304;
  const framing: Framing = isBodiless ? 'none' : isChunked ? 'chunked' : length >= 0 ? 'length' : 'close';
  // Some servers send a body where there must be none; then the next response would begin with it.
  const isCertain = isBodiless ? !isHeadRequest && length <= 0 && !isChunked : framing !== 'close';
  return {
    headers: new HeaderList({ text, nameLengths }),
    framing,
    length: framing === 'length' ? length : 0,
    isPersistent: isCertain && !closes && (scanner.minor === 1 || keepsAlive),
    keepAliveMs,
  };
}

/** Whether the name that begins at `at` is `wanted`, which is as long and has nothing but small letters and hyphens. */
function isNamed(text: string, at: number, wanted: string): boolean {
  for (let i = 0; i < wanted.length; i++) {
    // The bit of 0x20 makes a letter small; no other character of a token (RFC 9110 5.6.2) becomes a letter or a hyphen by it.
    if ((text.charCodeAt(at + i) | 0x20) !== wanted.charCodeAt(i)) return false;
  }
  return true;
}

function valueAt(text: string, marks: Int32Array, mark: number): string {
  return text.substring(marks[mark + 2]!, marks[mark + 3]!);
}

/** RFC 9110 8.6: 1*DIGIT, and nothing else. */
function decimal(value: string): number {
  let number = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) throw malformed('a Content-Length that is no number (RFC 9110 8.6)');
    number = number * 10 + digit;
    if (number > Number.MAX_SAFE_INTEGER) throw malformed('a Content-Length beyond all measure (RFC 9110 8.6)');
  }
  if (value.length === 0) throw malformed('an empty Content-Length (RFC 9110 8.6)');
  return number;
}

/** Whether a list of connection options has this one (RFC 9110 7.6.1). */
function hasOption(value: string, option: string): boolean {
  const text = value.toLowerCase();
  return text === option || (text.includes(option) && text.split(',').some((one) => one.trim() === option));
}

/** `timeout=5` in a Keep-Alive field (RFC 2068 19.7.1). */
function timeoutOf(value: string): number | undefined {
  const at = value.toLowerCase().indexOf('timeout=');
  if (at < 0) return undefined;
  const seconds = Number.parseInt(value.slice(at + 8), 10);
  return seconds >= 0 ? seconds * 1000 : undefined;
}

function malformed(what: string): TransportFailure {
  return new TransportFailure('malformed', `the response has ${what}`);
}
