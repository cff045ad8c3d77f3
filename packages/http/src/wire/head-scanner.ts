import { notHttp, sample } from '../transport/not-http.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { BYTE, IS_TOKEN, textEnd } from './byte-classes.ts';

const PREFIX = Buffer.from('HTTP/1.');
/** `HTTP/1.1 200` */
const STATUS_LENGTH = 12;
/** More field lines than any server needs. */
const MAX_FIELDS = 1024;
/** Of each field: where its name begins and ends, where its value begins and ends. */
const MARKS = 4;

/** A scan that came to the head's end in one go needs its marks no longer than until it returns: all scanners share these. */
const SHARED_MARKS = new Int32Array(MAX_FIELDS * MARKS);

/**
 * Finds its way through the head of a response in one pass over the bytes, and checks every byte of it (RFC 9112 4 and 5). When the bytes
 * end before the head does, it goes on with the line that it stopped in as soon as there are more.
 */
export class HeadScanner {
  /** From the status line. */
  status = 0;
  /** `HTTP/1.<minor>`: 0 or 1. */
  minor = 1;
  fields = 0;
  /** Positions from the head's begin, four a field. Another scanner may overwrite them. */
  marks: Int32Array = SHARED_MARKS;
  /** Bytes of the head that are done with: whole lines. */
  #done = 0;

  /** A new head begins. */
  reset(): void {
    this.#done = 0;
    this.fields = 0;
    this.status = 0;
    this.marks = SHARED_MARKS;
  }

  /**
   * Scans `bytes` from `base`, where the head begins, up to `end`. Bytes that were scanned by an earlier call must be there again.
   *
   * @returns where the head ends, or -1 when the bytes end first.
   * @throws TransportFailure at the first byte that is not HTTP/1.0 or 1.1.
   */
  scan(bytes: Buffer, base: number, end: number): number {
    const view = viewOf(bytes);
    const { marks } = this;
    let { fields } = this;
    let line = this.#done > 0 ? base + this.#done : this.#statusLine(bytes, view, base, end);
    if (line < 0) return -1;
    while (line < end) {
      const first = bytes[line]!;
      if (first === BYTE.cr) {
        if (line + 1 === end) break;
        if (bytes[line + 1] !== BYTE.lf) throw bareCr();
        this.fields = fields;
        return line + 2;
      }
      if (IS_TOKEN[first] !== 1) throw badLineStart(first, fields);
      if (fields === MAX_FIELDS) {
        throw new TransportFailure('headers-overflow', `the response has more than ${MAX_FIELDS} header lines`);
      }
      let pos = line + 1;
      while (pos < end && IS_TOKEN[bytes[pos]!] === 1) pos++;
      if (pos === end) break;
      const nameEnd = pos;
      if (bytes[pos] !== BYTE.colon) throw badNameEnd(bytes[pos]!);
      pos++;
      // RFC 9112 5.1: OWS around the value is not part of it.
      while (pos < end && isBlank(bytes[pos]!)) pos++;
      const valueStart = pos;
      pos = textEnd(view, pos, end);
      if (pos === end) break;
      let valueEnd = pos;
      if (bytes[pos++] !== BYTE.cr) throw badByte(bytes[pos - 1]!, 'a field value', 'RFC 9110 5.5');
      if (pos === end) break;
      if (bytes[pos++] !== BYTE.lf) throw bareCr();
      while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd--;
      const mark = fields++ * MARKS;
      marks[mark] = line - base;
      marks[mark + 1] = nameEnd - base;
      marks[mark + 2] = valueStart - base;
      marks[mark + 3] = valueEnd - base;
      line = pos;
    }
    this.fields = fields;
    this.#done = line - base;
    if (marks === SHARED_MARKS) this.marks = SHARED_MARKS.slice();
    return -1;
  }

  /** Where the line ends, -1 when the bytes end first. RFC 9112 4: HTTP-version SP status-code SP [ reason-phrase ]. That last space is often left out; nothing hangs on it. */
  #statusLine(bytes: Buffer, view: DataView, base: number, end: number): number {
    let pos = base;
    while (pos < end && pos - base <= STATUS_LENGTH) {
      this.#statusByte(bytes, base, pos, end, bytes[pos]!);
      pos++;
    }
    if (pos - base <= STATUS_LENGTH) return -1;
    if (bytes[pos - 1] !== BYTE.cr) {
      pos = textEnd(view, pos, end);
      if (pos === end) return -1;
      if (bytes[pos] !== BYTE.cr) throw badByte(bytes[pos]!, 'the reason phrase', 'RFC 9112 4');
      pos++;
    }
    if (pos === end) return -1;
    if (bytes[pos] !== BYTE.lf) throw bareCr();
    return pos + 1;
  }

  #statusByte(bytes: Buffer, base: number, pos: number, end: number, byte: number): void {
    const at = pos - base;
    if (at < PREFIX.length) {
      // Beyond `end` the shared buffer holds what other connections read.
      if (byte !== PREFIX[at]) throw notHttp(bytes.subarray(base, end));
      return;
    }
    const digit = byte - 0x30;
    if (at === 7 && (digit === 0 || digit === 1)) this.minor = digit;
    else if (at === 8 && byte === BYTE.space) this.status = 0;
    else if (at > 8 && at < STATUS_LENGTH && digit >= 0 && digit <= 9 && (digit > 0 || at > 9)) {
      this.status = this.status * 10 + digit;
    } else if (at !== STATUS_LENGTH || (byte !== BYTE.space && byte !== BYTE.cr)) {
      throw new TransportFailure(
        'malformed',
        `this is no HTTP/1.1 status line (RFC 9112 4): ${sample(bytes.subarray(base, pos + 1))}`,
      );
    }
  }
}

function isBlank(byte: number): boolean {
  return byte === BYTE.space || byte === BYTE.tab;
}

let viewed: Buffer | undefined;
let lastView: DataView | undefined;

/** Nearly all that is read lies in one and the same buffer. */
function viewOf(bytes: Buffer): DataView {
  if (bytes !== viewed || lastView === undefined) {
    viewed = bytes;
    lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return lastView;
}

/** RFC 9112 2.2: a bare CR is no line end and no space, and has to be refused. */
function bareCr(): TransportFailure {
  return new TransportFailure('malformed', 'the head has a CR that no LF follows (RFC 9112 2.2)');
}

function badByte(byte: number, where: string, rule: string): TransportFailure {
  // RFC 9112 2.2 lets a recipient take a bare LF for a line end; then two recipients disagree about where a message ends.
  if (byte === BYTE.lf)
    return new TransportFailure('malformed', `a line of the head ends with LF alone (RFC 9112 2.2)`);
  return new TransportFailure(
    'malformed',
    `the control character 0x${byte.toString(16).padStart(2, '0')} in ${where} (${rule})`,
  );
}

function badLineStart(byte: number, fields: number): TransportFailure {
  if (byte === BYTE.space || byte === BYTE.tab) {
    return fields === 0
      ? new TransportFailure('malformed', 'white space between the status line and the first field (RFC 9112 2.2)')
      : new TransportFailure('malformed', 'a folded header line (RFC 9112 5.2)');
  }
  return badName(byte);
}

function badNameEnd(byte: number): TransportFailure {
  if (byte === BYTE.space || byte === BYTE.tab) {
    return new TransportFailure('malformed', 'white space between a field name and its colon (RFC 9112 5.1)');
  }
  return badName(byte);
}

function badName(byte: number): TransportFailure {
  if (byte === BYTE.lf)
    return new TransportFailure('malformed', 'a line of the head ends with LF alone (RFC 9112 2.2)');
  return new TransportFailure(
    'malformed',
    `the byte 0x${byte.toString(16).padStart(2, '0')} in a field name (RFC 9110 5.1)`,
  );
}
