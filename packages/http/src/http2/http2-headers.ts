import type { OutgoingHttpHeaders } from 'node:http2';
import type { TransportRequest } from '../transport/transport.ts';

/** What HPACK counts for each field beside its text (RFC 7541 4.1). */
const FIELD_OVERHEAD = 32;
/** As many as the HTTP/1.1 wire takes. */
const MAX_FIELDS = 1024;

/** Fields about the connection, which HTTP/2 forbids (RFC 9113 8.2.2) and which say nothing to the server. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** The head of a request (RFC 9113 8.3.1): `Host` becomes `:authority`, the lines of a field are joined (RFC 9110 5.3). */
export function requestHeaders(
  { method, path, headers, body }: TransportRequest,
  authority: string,
): OutgoingHttpHeaders {
  const head: Record<string, string> = {
    ':method': method,
    ':scheme': 'https',
    ':authority': authority,
    ':path': path,
  };
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    const value = headers[i + 1]!;
    if (name === 'host') head[':authority'] = value;
    else if (!OF_THE_CONNECTION.has(name)) {
      const before = head[name];
      head[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
    }
  }
  if (body?.length !== undefined) head['content-length'] = String(body.length);
  return head;
}

/** A response head: its fields without pseudo-header fields, and how large it is. */
export interface ReadHead {
  readonly pairs: readonly string[];
  readonly bytes: number;
  readonly hasTooManyFields: boolean;
}

/** Reads the raw fields of a response: name, value, name, value … */
export function readHead(raw: readonly string[]): ReadHead {
  const pairs: string[] = [];
  let bytes = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    bytes += name.length + value.length + FIELD_OVERHEAD;
    if (!name.startsWith(':')) pairs.push(name, value);
  }
  return { pairs, bytes, hasTooManyFields: pairs.length > 2 * MAX_FIELDS };
}
