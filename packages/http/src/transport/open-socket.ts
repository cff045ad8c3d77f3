import { isIP, connect as netConnect, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { TlsOptions } from '../options.ts';
import type { ConnectPhase } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';

/** Where to connect to. */
export interface Endpoint {
  readonly secure: boolean;
  /** Host name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsOptions;
  /** A TLS session to resume. */
  readonly session: Buffer | undefined;
}

/** What is told while a socket is opened; `onOpen` or `onFailure` comes once, unless the socket is destroyed before. */
export interface OpenHandler {
  onPhase(phase: ConnectPhase): void;
  onOpen(socket: Socket): void;
  onFailure(failure: TransportFailure): void;
  /** A TLS session that a later connection can resume. */
  onSession(session: Buffer): void;
}

/** Opens a socket. It has an 'error' listener for as long as it lives, so no error of it can end the process. */
export function openSocket(endpoint: Endpoint, handler: OpenHandler): Socket {
  const { host, port, secure } = endpoint;
  const isAddress = isIP(host) !== 0;
  let phase: ConnectPhase = isAddress ? 'connect' : 'dns';
  let settled = false;
  const enter = (next: ConnectPhase): void => {
    if (phase === next) return;
    phase = next;
    handler.onPhase(next);
  };
  const socket = secure ? openTls(endpoint, isAddress, handler) : netConnect({ host, port, noDelay: true });
  handler.onPhase(phase);
  if (!isAddress) socket.once('lookup', (error: Error | null) => error === null && enter('connect'));
  if (secure) socket.once('connect', () => enter('tls'));
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    settled = true;
    handler.onOpen(socket);
  });
  socket.on('error', (error) => {
    if (settled) return;
    settled = true;
    handler.onFailure(failureWhileConnecting(error, phase, endpoint));
  });
  return socket;
}

function openTls(endpoint: Endpoint, isAddress: boolean, handler: OpenHandler): TLSSocket {
  const { host, port, tls, session } = endpoint;
  const socket = tlsConnect({
    host,
    port,
    // An address is no server name (RFC 6066 3).
    ...(isAddress ? {} : { servername: host }),
    ...(tls.ca === undefined ? {} : { ca: [tls.ca].flat() }),
    ...(session === undefined ? {} : { session }),
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
    ALPNProtocols: ['http/1.1'],
  });
  socket.setNoDelay(true);
  socket.on('session', (resumable: Buffer) => handler.onSession(resumable));
  return socket;
}

/** What OpenSSL calls it when the other side does not answer a TLS hello with TLS. */
const NOT_TLS: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
]);

function failureWhileConnecting(error: Error, phase: ConnectPhase, { host, port }: Endpoint): TransportFailure {
  const where = `${host}:${port}`;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'getaddrinfo')
    return new TransportFailure('lookup', `the name ${host} was not found (${code})`, error);
  if (phase !== 'tls')
    return new TransportFailure('connect', `no connection to ${where} (${code ?? error.message})`, error);
  if (code !== undefined && NOT_TLS.has(code)) {
    return new TransportFailure('not-http', `${where} does not speak TLS; use http://`, error);
  }
  // A socket error has a system call or is a close; everything else is OpenSSL's or the certificate check's.
  if (syscall !== undefined || code === 'ECONNRESET') {
    return new TransportFailure('connect', `${where} ended the connection during the TLS handshake (${code})`, error);
  }
  return new TransportFailure('tls', `no trusted TLS connection to ${where} (${code ?? error.message})`, error);
}
