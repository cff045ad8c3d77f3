/** What a response says, when it says anything for certain. */
export interface ReferenceReply {
  readonly status: number;
  readonly headers: readonly string[];
  /** latin1 */
  readonly body: string;
  readonly unverifiedLength: boolean;
  /** What came after it. */
  readonly rest: string;
}

const TEXT = '[\\t\\x20-\\x7e\\x80-\\xff]';
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
const STATUS_LINE = new RegExp(`^HTTP/1\\.([01]) ([1-9][0-9][0-9])(?: ${TEXT}*)?$`);
const FIELD_LINE = new RegExp(`^(${TOKEN}+):(${TEXT}*)$`);
const CHUNK_HEAD = new RegExp(`([0-9A-Fa-f]+)(?:[ \\t]*;${TEXT}*)?\\r\\n`, 'y');
const TRAILERS = new RegExp(`(?:${TOKEN}+:${TEXT}*\\r\\n)*\\r\\n`, 'y');

/**
 * A strict reading of RFC 9112, slow and by the letter, independent of the parser: the response that `text` (latin1), sent on a connection
 * that then ends as said, certainly is; undefined when there is none.
 */
export function readByReference(
  text: string,
  method: string,
  end: 'close' | 'reset',
  maxHeadBytes: number,
): ReferenceReply | undefined {
  let begin = 0;
  for (;;) {
    const headEnd = text.indexOf('\r\n\r\n', begin);
    if (headEnd < 0 || headEnd + 4 - begin > maxHeadBytes) return undefined;
    const [statusLine, ...fieldLines] = text.slice(begin, headEnd).split('\r\n');
    const statusParts = STATUS_LINE.exec(statusLine!);
    if (statusParts === null) return undefined;
    const fields: [string, string][] = [];
    for (const line of fieldLines) {
      const parts = FIELD_LINE.exec(line);
      if (parts === null) return undefined;
      fields.push([parts[1]!, parts[2]!.replace(/^[ \t]+|[ \t]+$/g, '')]);
    }
    const status = Number(statusParts[2]);
    if (status === 101) return undefined;
    if (status >= 200) {
      const rest = text.slice(headEnd + 4);
      return readBody(rest, { minor: statusParts[1]!, status, fields, method, end });
    }
    begin = headEnd + 4;
  }
}

interface Head {
  readonly minor: string;
  readonly status: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly method: string;
  readonly end: 'close' | 'reset';
}

function readBody(rest: string, { minor, status, fields, method, end }: Head): ReferenceReply | undefined {
  const all = (wanted: string): string[] =>
    fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const lengths = all('content-length');
  const codings = all('transfer-encoding');
  if (lengths.length > 1 || lengths.some((value) => !/^[0-9]+$/.test(value) || Number(value) > Number.MAX_SAFE_INTEGER))
    return undefined;
  if (codings.length > 1 || codings.some((value) => value.toLowerCase() !== 'chunked')) return undefined;
  if (codings.length === 1 && (lengths.length === 1 || minor === '0')) return undefined;
  const reply = (body: string, after: string, unverifiedLength = false): ReferenceReply => ({
    status,
    headers: fields.flat(),
    body,
    unverifiedLength,
    rest: after,
  });
  if (method === 'HEAD' || status === 204 || status === 304) return reply('', rest);
  if (codings.length === 1) {
    const read = readChunks(rest);
    return read === undefined ? undefined : reply(read.body, rest.slice(read.end));
  }
  if (lengths.length === 1) {
    const length = Number(lengths[0]);
    return rest.length < length ? undefined : reply(rest.slice(0, length), rest.slice(length));
  }
  return end === 'close' ? reply(rest, '', true) : undefined;
}

function readChunks(rest: string): { body: string; end: number } | undefined {
  let body = '';
  let at = 0;
  for (;;) {
    CHUNK_HEAD.lastIndex = at;
    const head = CHUNK_HEAD.exec(rest);
    if (head === null) return undefined;
    const size = Number.parseInt(head[1]!, 16);
    const begin = at + head[0].length;
    if (size === 0) {
      TRAILERS.lastIndex = begin;
      return TRAILERS.test(rest) ? { body, end: TRAILERS.lastIndex } : undefined;
    }
    if (size > rest.length - begin || rest.slice(begin + size, begin + size + 2) !== '\r\n') return undefined;
    body += rest.slice(begin, begin + size);
    at = begin + size + 2;
  }
}
