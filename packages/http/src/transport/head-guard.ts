import { TransportFailure } from './transport-failure.ts';

/** `HTTP/1.1 200` */
const STATUS_LINE_BYTES = 12;
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
    if ((minor !== 0 && minor !== 1) || bytes[8] !== 0x20 || !digits || status < 100) {
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

/** What a server says that speaks no HTTP/1, with a hint where its first bytes tell what it speaks. */
export function notHttp(bytes: Buffer): TransportFailure {
  const text = bytes.toString('latin1', 0, 16);
  // A TLS record: alert or handshake, version 3.x (RFC 8446 5.1).
  if ((bytes[0] === 0x15 || bytes[0] === 0x16) && (bytes.length < 2 || bytes[1] === 3)) {
    return new TransportFailure('not-http', 'the server speaks TLS on this port; use https://');
  }
  if (text.startsWith('SSH-')) return new TransportFailure('not-http', 'this is an SSH server');
  if (/^[2-5]\d\d[ -]/.test(text)) return new TransportFailure('not-http', 'this looks like an SMTP or FTP server');
  return new TransportFailure('not-http', `the answer is not HTTP: ${sample(bytes)}`);
}

/** The first bytes, fit for a terminal and a log. */
function sample(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 32)).replace(/[\x7f-\xff]/g, '?');
}
