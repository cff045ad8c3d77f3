/** A reply that is sent as it stands. */
export interface WireCase {
  readonly name: string;
  /** The status a lenient client could read, 0 if none. */
  readonly status: number;
  readonly bytes: string;
  /** The connection is left open: it is the client's business to close it. Default: the lab closes it. */
  readonly staysOpen?: boolean;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const LENGTH = 'Content-Length: 5\r\n';
const BODY = `${LENGTH}\r\nhello`;
const CLOSED_BODY = `${LENGTH}Connection: close\r\n\r\nhello`;
const CHUNKS = '5\r\nhello\r\n0\r\n\r\n';
const MEGABYTE = 1 << 20;

/** The reply and then nothing: a client that trusts it would wait, or use the connection again. */
function open(name: string, status: number, bytes: string): WireCase {
  return { name, status, bytes, staysOpen: true };
}

function closed(name: string, status: number, bytes: string): WireCase {
  return { name, status, bytes };
}

/** The replies of `/wire/:case`, in Latin-1. */
export const wireCases: readonly WireCase[] = [
  closed('partial-head', 0, `${OK}Content-Len`),
  open('status-line-garbage', 0, 'complete garbage\r\n\r\n'),
  closed('http-0.9', 0, '<html>a body without a head</html>'),
  open('tls-alert', 0, '\x15\x03\x03\x00\x02\x02\x46'),
  open('ssh-banner', 0, 'SSH-2.0-OpenSSH_9.6\r\n'),
  open('smtp-banner', 0, '220 mail.example ESMTP\r\n'),
  open('http-3.7', 0, `HTTP/3.7 200 OK\r\n${BODY}`),
  open('status-000', 0, `HTTP/1.1 000 Nothing\r\n${BODY}`),
  open('status-text', 0, `HTTP/1.1 abc OK\r\n${BODY}`),
  open('status-1000', 0, `HTTP/1.1 1000 OK\r\n${BODY}`),
  open('no-reason', 200, `HTTP/1.1 200 \r\n${BODY}`),
  open('length-negative', 200, `${OK}Content-Length: -5\r\n\r\nhello`),
  open('length-text', 200, `${OK}Content-Length: five\r\n\r\nhello`),
  open('length-twice', 200, `${OK}${LENGTH}${BODY}`),
  open('length-two', 200, `${OK}${LENGTH}Content-Length: 6\r\n\r\nhello!`),
  open('length-and-chunked', 200, `${OK}Transfer-Encoding: chunked\r\n${LENGTH}\r\n${CHUNKS}`),
  open('coding-after-chunked', 200, `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n${CHUNKS}`),
  open('surplus-bytes', 200, `${OK}${BODY}${OK}Content-Length: 8\r\n\r\nsmuggled`),
  open('body-after-204', 204, `HTTP/1.1 204 No Content\r\n\r\n${OK}Content-Length: 8\r\n\r\nsmuggled`),
  open('chunk-size-text', 200, `${CHUNKED}xyz\r\nhello\r\n0\r\n\r\n`),
  open('chunk-size-huge', 200, `${CHUNKED}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`),
  open('chunk-end-missing', 200, `${CHUNKED}5\r\nhello, world\r\n0\r\n\r\n`),
  closed('chunk-last-missing', 200, `${CHUNKED}5\r\nhello\r\n`),
  open('chunk-extension-huge', 200, `${CHUNKED}5;a=${'b'.repeat(MEGABYTE)}\r\nhello\r\n0\r\n\r\n`),
  open('chunk-lf-only', 200, `${CHUNKED}5\nhello\n0\n\n`),
  open('head-lf-only', 200, 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'),
  open('head-huge', 200, `${OK}X-Huge: ${'h'.repeat(MEGABYTE)}\r\n${BODY}`),
  open('head-nul', 200, `${OK}X-Nul: a\x00b\r\n${BODY}`),
  open('head-bare-cr', 200, `${OK}X-Cr: a\rb\r\n${BODY}`),
  open('head-space-before-colon', 200, `${OK}Content-Length : 5\r\n\r\nhello`),
  open('head-no-colon', 200, `${OK}this line has no colon\r\n${BODY}`),
  open('head-latin1', 200, `${OK}X-Latin1: caf\xe9\r\n${BODY}`),
  open('unasked-101', 101, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  open('unasked-304', 304, 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'),
  closed('informational-flood', 200, `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)}${OK}${CLOSED_BODY}`),
  closed('redirect-nowhere', 302, `HTTP/1.1 302 Found\r\n${CLOSED_BODY}`),
  closed('redirect-to-file', 302, `HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n${CLOSED_BODY}`),
  closed('redirect-to-data', 302, `HTTP/1.1 302 Found\r\nLocation: data:text/plain,hello\r\n${CLOSED_BODY}`),
  closed('unasked-407', 407, `HTTP/1.1 407 Proxy Authentication Required\r\n${CLOSED_BODY}`),
  closed('bare-401', 401, `HTTP/1.1 401 Unauthorized\r\n${CLOSED_BODY}`),
  open('coding-unknown', 200, `${OK}Content-Encoding: snail\r\n${BODY}`),
  open('coding-seven', 200, `${OK}Content-Encoding: gzip${', gzip'.repeat(6)}\r\n${BODY}`),
];
