import { isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { UsageError } from '@sluice/core';
import type { TlsOptions } from '../options.ts';

/** What is known of the TLS of a connection. */
export interface TlsFacts {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly version: string;
  /** What ALPN agreed on; undefined when the server took no part in it. */
  readonly alpn: string | undefined;
}

/** What a TLS connection is made of, besides the identity. */
export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  readonly alpn: readonly string[];
  /** A connected socket to go over, else `address` is connected to. */
  readonly over?: Socket;
  readonly address?: string;
  readonly onread?: OnReadOpts | undefined;
}

const MAX_SESSIONS = 1000;

/**
 * How we show ourselves over TLS and whom we trust: one secure context for every connection (to make one costs milliseconds), and the
 * sessions of hosts seen before, which save a round trip and the certificates (RFC 8446 2.2).
 */
export class TlsIdentity {
  readonly #options: TlsOptions;
  readonly #sessions: Map<string, Buffer> = new Map();
  #context: SecureContext | undefined;

  /** @throws UsageError when a certificate, key or version of the options cannot be used. */
  constructor(options: TlsOptions) {
    this.#options = options;
    const { ca, cert, key, minVersion } = options;
    // Checked at once where the caller's own files may be wrong; otherwise made when it is needed.
    if ((ca ?? cert ?? key ?? minVersion) !== undefined) this.#context = makeContext(options);
  }

  /** Begins a TLS connection. The socket gets no listener for errors here. */
  connect(target: TlsTarget): TLSSocket {
    const { host, port, alpn, over, address, onread } = target;
    this.#context ??= makeContext(this.#options);
    const servername = this.#options.servername ?? serverNameOf(host);
    const key = `${servername ?? host}:${port}:${alpn[0]}`;
    const session = this.#sessions.get(key);
    const socket = connect({
      // Over a socket it is only the name that a certificate without a server name is checked against.
      host: address ?? host,
      port,
      ...(over === undefined ? { autoSelectFamily: false } : { socket: over }),
      ...(over === undefined && onread !== undefined ? { onread } : {}),
      ...(servername === undefined ? {} : { servername }),
      ...(session === undefined ? {} : { session }),
      secureContext: this.#context,
      rejectUnauthorized: this.#options.rejectUnauthorized ?? true,
      ALPNProtocols: [...alpn],
    });
    if (over === undefined) socket.setNoDelay(true);
    socket.on('session', (resumable: Buffer) => this.#remember(key, resumable));
    // What could not be resumed is not tried again.
    socket.once('error', () => this.#sessions.delete(key));
    return socket;
  }

  #remember(key: string, session: Buffer): void {
    if (this.#sessions.size >= MAX_SESSIONS && !this.#sessions.has(key)) {
      this.#sessions.delete(this.#sessions.keys().next().value!);
    }
    this.#sessions.set(key, session);
  }
}

/** The facts of a socket whose handshake is done. */
export function tlsFacts(socket: TLSSocket): TlsFacts {
  return { version: socket.getProtocol() ?? 'unknown', alpn: socket.alpnProtocol || undefined };
}

/** An address is no server name, and a name has no dot at its end (RFC 6066 3). */
function serverNameOf(host: string): string | undefined {
  return isIP(host) === 0 ? host.replace(/\.$/, '') : undefined;
}

function makeContext({ ca, cert, key, passphrase, minVersion }: TlsOptions): SecureContext {
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca: [ca].flat() }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(minVersion === undefined ? {} : { minVersion }),
    });
  } catch (cause) {
    throw new UsageError(`the tls options cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
