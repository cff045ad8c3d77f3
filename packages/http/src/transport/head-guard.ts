import { notHttp, sample } from './not-http.ts';
import { TransportFailure } from './transport-failure.ts';

/** `HTTP/1.1 200` and the byte behind it. */
const STATUS_LINE_BYTES = 13;
const PREFIX = Buffer.from('HTTP/1.');
const HEAD_END = Buffer.from('\r\n\r\n');
const INCOMPLETE = -1;

/**
 * Stands between a socket and the HTTP parser while a response begins. It lets through what begins like an HTTP/1.0 or 1.1 response, says
 * plainly what anything else is, and takes out 1xx responses itself, so that an unasked one never confuses the parser and a flood is counted.
 */
export class HeadGuard {
  /** `'1.0'` or `'1.1'`, from the last status line. */
  version = '1.1';
  readonly #onInformational: (status: number) => void;
  #maxBytes = 0;
  #held: Buffer | undefined;

  constructor(onInformational: (status: number) => void) {
    this.#onInformational = onInformational;
  }

  /** A new exchange begins, in which a 1xx response may be this large. */
  reset(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#held = undefined;
  }

  /**
   * Looks at the next bytes; once it has returned some, the final response has begun and the guard's work is done.
   *
   * @returns the bytes to parse, or undefined while it needs more.
   * @throws TransportFailure when this is no HTTP response.
   */
  admit(received: Buffer): Buffer | undefined {
    let bytes = this.#held === undefined ? received : Buffer.concat([this.#held, received]);
    this.#held = undefined;
    while (bytes.length > 0) {
      const status = this.#readStatus(bytes);
      if (status >= 200) return bytes;
      const end = status === INCOMPLETE ? -1 : bytes.indexOf(HEAD_END);
      if (end < 0) {
        if (bytes.length > this.#maxBytes) {
          throw new TransportFailure(
            'headers-overflow',
            `the head of a 1xx response is larger than ${this.#maxBytes} bytes`,
          );
        }
        this.#held = bytes;
        return undefined;
      }
      this.#onInformational(status);
      bytes = bytes.subarray(end + HEAD_END.length);
    }
    return undefined;
  }

  /** The status, or INCOMPLETE when the bytes so far are no more than a good beginning (RFC 9112 4). */
  #readStatus(bytes: Buffer): number {
    const compared = Math.min(bytes.length, PREFIX.length);
    for (let i = 0; i < compared; i++) if (bytes[i] !== PREFIX[i]) throw notHttp(bytes);
    if (bytes.length < STATUS_LINE_BYTES) return INCOMPLETE;
    const minor = bytes[7]! - 0x30;
    const status = (bytes[9]! - 0x30) * 100 + (bytes[10]! - 0x30) * 10 + (bytes[11]! - 0x30);
    const digits = isDigit(bytes[9]!) && isDigit(bytes[10]!) && isDigit(bytes[11]!);
    // A fourth digit would make a 1xx of 1000.
    if ((minor !== 0 && minor !== 1) || bytes[8] !== 0x20 || !digits || isDigit(bytes[12]!) || status < 100) {
      throw new TransportFailure('malformed', `this is no HTTP/1.1 status line: ${sample(bytes)}`);
    }
    this.version = minor === 0 ? '1.0' : '1.1';
    if (status === 101) throw new TransportFailure('upgrade', 'the server switched protocols, and nobody asked it to');
    return status;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
