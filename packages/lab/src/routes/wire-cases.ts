/** A reply that is sent as it stands before the connection is closed. */
export interface WireCase {
  readonly name: string;
  /** The status a lenient client could read, 0 if none. */
  readonly status: number;
  readonly bytes: string;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
const BODY = 'Content-Length: 5\r\nConnection: close\r\n\r\nhello';

/** The replies of `/wire/:case`, in Latin-1. */
export const wireCases: readonly WireCase[] = [
  { name: 'partial-head', status: 0, bytes: `${OK}Content-Len` },
  { name: 'http-0.9', status: 0, bytes: '<html>a body without a head</html>' },
  { name: 'tls-alert', status: 0, bytes: '\x15\x03\x03\x00\x02\x02\x46' },
  { name: 'ssh-banner', status: 0, bytes: 'SSH-2.0-OpenSSH_9.6\r\n' },
  { name: 'smtp-banner', status: 0, bytes: '220 mail.example ESMTP\r\n' },
  { name: 'http-3.7', status: 0, bytes: `HTTP/3.7 200 OK\r\n${BODY}` },
  { name: 'status-000', status: 0, bytes: `HTTP/1.1 000 Nothing\r\n${BODY}` },
  { name: 'status-text', status: 0, bytes: `HTTP/1.1 abc OK\r\n${BODY}` },
  { name: 'length-negative', status: 200, bytes: `${OK}Content-Length: -5\r\n\r\nhello` },
  { name: 'length-text', status: 200, bytes: `${OK}Content-Length: five\r\n\r\nhello` },
  { name: 'length-and-chunked', status: 200, bytes: `${OK}Transfer-Encoding: chunked\r\n${BODY}` },
  { name: 'chunk-size-text', status: 200, bytes: `${CHUNKED}xyz\r\nhello\r\n0\r\n\r\n` },
  { name: 'chunk-last-missing', status: 200, bytes: `${CHUNKED}5\r\nhello\r\n` },
  { name: 'chunk-extension-huge', status: 200, bytes: `${CHUNKED}5;a=${'b'.repeat(1 << 20)}\r\nhello\r\n0\r\n\r\n` },
  { name: 'chunk-lf-only', status: 200, bytes: `${CHUNKED}5\nhello\n0\n\n` },
  { name: 'head-lf-only', status: 200, bytes: 'HTTP/1.1 200 OK\nContent-Length: 5\nConnection: close\n\nhello' },
  { name: 'head-huge', status: 200, bytes: `${OK}X-Huge: ${'h'.repeat(1 << 20)}\r\n${BODY}` },
  { name: 'head-nul', status: 200, bytes: `${OK}X-Nul: a\x00b\r\n${BODY}` },
  { name: 'head-latin1', status: 200, bytes: `${OK}X-Latin1: caf\xe9\r\n${BODY}` },
  {
    name: 'unasked-101',
    status: 101,
    bytes: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
  },
  { name: 'unasked-304', status: 304, bytes: 'HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n' },
  { name: 'informational-flood', status: 200, bytes: `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)}${OK}${BODY}` },
  { name: 'redirect-nowhere', status: 302, bytes: `HTTP/1.1 302 Found\r\n${BODY}` },
  { name: 'redirect-to-file', status: 302, bytes: `HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n${BODY}` },
  { name: 'coding-unknown', status: 200, bytes: `${OK}Content-Encoding: snail\r\n${BODY}` },
  { name: 'coding-seven', status: 200, bytes: `${OK}Content-Encoding: gzip${', gzip'.repeat(6)}\r\n${BODY}` },
];
