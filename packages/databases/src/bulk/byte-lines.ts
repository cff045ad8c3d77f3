import { checkText, valueError } from '../errors/value-error.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const POINT = 0x2e;
const DIGIT_ZERO = 0x30;
/** Above this length Buffer's own UTF-8 writer is faster than our loop. */
const SHORT_TEXT = 128;
const MAX_FAST_INTEGER = 0x7fffffff;
const DECIMAL_PLACES = 4;
const DECIMAL_SCALE = 10_000;
/** A whole part of ten digits, point, four decimals, tab. */
const MAX_NUMBER_BYTES = 16;
const SPECIAL = /[\0\\\n\r\t]/;
const SPECIALS = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** By byte: 0 stands for itself, 1 needs a closer look. All below the blank, the backslash, and what is not ASCII. */
const NEEDS_LOOK: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === BACKSLASH || byte >= 0x80 ? 1 : 0,
);

/**
 * Lines of tab-separated fields, as COPY and LOAD DATA read them, encoded straight into bytes: no string per row or batch is ever built.
 * Short ASCII text, most of what tables hold, is copied and checked in one loop.
 */
export class ByteLines {
  #bytes: Buffer;
  #length = 0;
  #lineStart = 0;
  /** Where each line ends. */
  readonly #ends: number[] = [];
  readonly #nul: string | undefined;

  /** @param nul how a NUL character is written; undefined: it cannot be. */
  constructor(capacity: number, nul: string | undefined) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#nul = nul;
  }

  get bytes(): number {
    return this.#length;
  }

  /** The bytes of the lines from `from` up to `to`. */
  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(from === 0 ? 0 : this.#ends[from - 1], this.#ends[to - 1]);
  }

  endLine(): void {
    // The tab behind the last field becomes the end of the line.
    this.#bytes[this.#length - 1] = NEWLINE;
    this.#ends.push(this.#length);
    this.#lineStart = this.#length;
  }

  /** Forgets a line that was begun. */
  dropLine(): void {
    this.#length = this.#lineStart;
  }

  /** A field of plain ASCII without anything to escape. */
  addPlain(text: string): void {
    this.#reserve(text.length + 1);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    bytes[at++] = TAB;
    this.#length = at;
  }

  addNumber(value: number): void {
    if (value > 0 && value <= MAX_FAST_INTEGER) {
      if ((value | 0) === value) {
        this.#addDigits(value, 1);
        this.#bytes[this.#length++] = TAB;
        return;
      }
      // A price, a percentage: the quotient is correctly rounded, so the short decimal reads back as this very number.
      const scaled = Math.round(value * DECIMAL_SCALE);
      if (scaled / DECIMAL_SCALE === value) {
        this.#addDecimal(scaled);
        return;
      }
    }
    this.addPlain(Object.is(value, -0) ? '-0' : String(value));
  }

  addText(text: string): void {
    if (text.length > SHORT_TEXT) {
      this.#addSlow(text);
      return;
    }
    this.#reserve(text.length + 1);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f || NEEDS_LOOK[code] === 1) {
        this.#addSlow(text);
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = TAB;
    this.#length = at;
  }

  /** Bytes as hexadecimal digits. */
  addHex(value: Uint8Array, prefix: string): void {
    const { length: digits } = value;
    this.#reserve(prefix.length + digits * 2 + 1);
    this.#length += this.#bytes.write(prefix, this.#length, 'latin1');
    const hex = Buffer.from(value.buffer, value.byteOffset, digits).toString('hex');
    this.#length += this.#bytes.write(hex, this.#length, 'latin1');
    this.#bytes[this.#length++] = TAB;
  }

  #addDecimal(scaled: number): void {
    const whole = Math.floor(scaled / DECIMAL_SCALE);
    this.#addDigits(whole, 1);
    this.#bytes[this.#length++] = POINT;
    this.#addDigits(scaled - whole * DECIMAL_SCALE, DECIMAL_PLACES);
    this.#bytes[this.#length++] = TAB;
  }

  #addDigits(value: number, least: number): void {
    this.#reserve(MAX_NUMBER_BYTES);
    const bytes = this.#bytes;
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    if (digits < least) digits = least;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = DIGIT_ZERO + rest - next * 10;
      rest = next;
    }
    this.#length += digits;
  }

  #addSlow(text: string): void {
    checkText(text);
    const field = SPECIAL.test(text) ? this.#escape(text) : text;
    // UTF-8 takes at most three bytes for one unit of UTF-16.
    this.#reserve(field.length * 3 + 1);
    this.#length += this.#bytes.write(field, this.#length);
    this.#bytes[this.#length++] = TAB;
  }

  #escape(text: string): string {
    const escaped = text.replace(SPECIALS, (character) => ESCAPES[character]!);
    if (!text.includes('\0')) return escaped;
    if (this.#nul === undefined) throw valueError('the text holds a NUL character, which PostgreSQL cannot store');
    return escaped.replaceAll('\0', this.#nul);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
