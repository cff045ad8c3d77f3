import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { makeLabCertificates } from '../certificates/lab-certificates.ts';
import type { Certificate } from '../certificates/make-certificate.ts';
import type { HitCounter } from '../hit-counter.ts';
import type { HostileAddresses } from '../hostile/hostile-case.ts';
import { http2Server } from './http2-port.ts';
import { type OpenPort, openPort } from './open-port.ts';
import { proxyServer } from './proxy-port.ts';

/** The ports of a lab besides its own. */
export interface HostilePorts {
  readonly addresses: HostileAddresses;
  /** The certificate (PEM) to trust for what is signed at all. */
  readonly ca: string;
  /** Connections that are open now. */
  readonly connections: number;
  close(): Promise<void>;
}

/** What the ports need of their lab. */
export interface HostilePortsOptions {
  readonly host: string;
  /** The lab's own port and URL. */
  readonly port: number;
  readonly url: string;
  readonly hits: HitCounter;
  readonly dispatch: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Opens a port for each behaviour that a path cannot have: what happens before a request, in TLS, or in HTTP/2. */
export async function openHostilePorts(options: HostilePortsOptions): Promise<HostilePorts> {
  const { host, url, hits, dispatch } = options;
  const certificates = makeLabCertificates();
  const opened: OpenPort[] = [];
  const open = async (server: Server): Promise<number> => {
    const port = await openPort(server, host);
    opened.push(port);
    return port.port;
  };
  const https = ({ cert, key }: Certificate): Promise<number> => open(createHttpsServer({ cert, key }, dispatch));
  const name = new URL(url).hostname;
  const at = (scheme: string, port: number): string => `${scheme}://${name}:${port}`;

  const held = await heldPort(host);
  const tls = await https(certificates.good);
  const addresses: HostileAddresses = {
    lab: url,
    labPort: options.port,
    inner: at('http', await open(createHttpServer(dispatch))),
    refused: at('http', held.port),
    resetOnAccept: at('http', await open(createServer((socket) => socket.resetAndDestroy()))),
    bannerFirst: at('http', await open(createServer((socket) => socket.resume().write('220 mail.example ESMTP\r\n')))),
    httpOnTlsPort: at('http', tls),
    tls: at('https', tls),
    selfSigned: at('https', await https(certificates.selfSigned)),
    expired: at('https', await https(certificates.expired)),
    wrongName: at('https', await https(certificates.wrongName)),
    oldTls: at('https', await open(oldTlsServer(certificates.good, dispatch))),
    handshakeHang: at('https', await open(createServer((socket) => socket.resume()))),
    tlsOnHttpPort: url.replace('http:', 'https:'),
    http2: at('https', await open(http2WithFallback(certificates.good, dispatch))),
    goaway: at('https', await open(http2Server('goaway', certificates.good, hits))),
    refusedStream: at('https', await open(http2Server('refused-stream', certificates.good, hits))),
    resetStream: at('https', await open(http2Server('reset-body', certificates.good, hits))),
    proxy: at('http', await open(proxyServer(hits))),
  };
  return {
    addresses,
    ca: certificates.authority.cert,
    get connections() {
      return opened.reduce((sum, port) => sum + port.connections, 0);
    },
    close: async () => {
      held.release();
      await Promise.all(opened.map((port) => port.close()));
    },
  };
}

/** TLS 1.1 and below (deprecated by RFC 8996), which OpenSSL offers only at its lowest security level. */
function oldTlsServer({ cert, key }: Certificate, dispatch: HostilePortsOptions['dispatch']): Server {
  const versions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  return createHttpsServer({ cert, key, ...versions }, dispatch);
}

function http2WithFallback({ cert, key }: Certificate, dispatch: HostilePortsOptions['dispatch']): Server {
  const listener = dispatch as unknown as Parameters<typeof createSecureServer>[1];
  return createSecureServer({ cert, key, allowHTTP1: true }, listener);
}

/** A port where nobody listens, nor will: a connection of ours goes out from it. */
async function heldPort(host: string): Promise<{ port: number; release: () => void }> {
  const server = createServer((socket) => socket.resume());
  await once(server.listen(0, host), 'listening');
  const holder = connect((server.address() as AddressInfo).port, host);
  await once(holder, 'connect');
  const release = (): void => {
    holder.destroy();
    server.close();
  };
  return { port: holder.localPort!, release };
}
