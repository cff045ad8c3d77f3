import { TransportFailure } from './transport-failure.ts';

/** What a server says that speaks no HTTP/1, with a hint where its first bytes tell what it speaks. */
export function notHttp(bytes: Buffer): TransportFailure {
  const text = bytes.toString('latin1', 0, 16);
  // A TLS record: alert or handshake, version 3.x (RFC 8446 5.1).
  if ((bytes[0] === 0x15 || bytes[0] === 0x16) && (bytes.length < 2 || bytes[1] === 3)) {
    return new TransportFailure('not-http', 'the server speaks TLS on this port; use https://');
  }
  if (text.startsWith('SSH-')) return new TransportFailure('not-http', 'this is an SSH server');
  if (/^[2-5]\d\d[ -]/.test(text)) return new TransportFailure('not-http', 'this looks like an SMTP or FTP server');
  if (/^\s*</.test(text)) {
    return new TransportFailure(
      'not-http',
      `the answer is a bare document without a head, as in HTTP/0.9: ${sample(bytes)}`,
    );
  }
  return new TransportFailure('not-http', `the answer is not HTTP: ${sample(bytes)}`);
}

/** The first bytes, fit for a terminal and a log. */
export function sample(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 32)).replace(/[\x7f-\xff]/g, '?');
}
