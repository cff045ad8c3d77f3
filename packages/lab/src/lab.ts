import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HitCounter } from './hit-counter.ts';
import { LabError } from './lab-error.ts';
import { createDispatcher } from './route/dispatch.ts';
import { createRouteTable } from './routes/route-table.ts';

/** Options of `startLab`. */
export interface LabOptions {
  /** The port to listen on. Default: 0, any free one. */
  readonly port?: number;
  /** The address to listen on. Default: 127.0.0.1, so that only this machine reaches it. */
  readonly host?: string;
  /** What all that looks random is drawn from: labs with the same seed answer the same. Default: 1. */
  readonly seed?: number;
  /** Gets one line for each request when it is over. Default: none is written. */
  readonly log?: (line: string) => void;
}

/** A running lab. */
export interface Lab extends AsyncDisposable {
  /** Where it is reached, without a slash at the end: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
  /** Every request it received. */
  readonly hits: HitCounter;
  /** Destroys all connections at once and frees the port. Calling it again does no harm. */
  close(): Promise<void>;
}

/** Idle connections are closed after this time, as most servers do: Node's own default, said here because clients race it. */
const KEEP_ALIVE_TIMEOUT_MS = 5000;
/** Clients under test open thousands of connections in one tick; the kernel caps it at its own limit. */
const BACKLOG = 4096;

/**
 * Starts a server with friendly, slow and failing routes; `GET /` lists them.
 *
 * ```ts
 * await using lab = await startLab();
 * console.log(`${lab.url}/delay/1`);
 * ```
 *
 * Throws a `LabError`: `SLUICE_LAB_PORT_IN_USE`, `SLUICE_LAB_LISTEN_FAILED` (with the system's error as `cause`) or
 * `SLUICE_LAB_OPTION` for a port or seed that is none.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const { port = 0, host = '127.0.0.1', seed = 1, log } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LabError(`port must be a whole number from 0 to 65535, not ${port}`, 'SLUICE_LAB_OPTION');
  }
  if (!Number.isInteger(seed)) throw new LabError(`seed must be a whole number, not ${seed}`, 'SLUICE_LAB_OPTION');

  const hits = new HitCounter();
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS, maxHeaderSize: 64 * 1024 },
    createDispatcher(createRouteTable(), { seed, hits, log }),
  );
  // server.closeAllConnections() leaves out sockets whose HTTP parser is gone; this set leaves out none.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const address = await listen(server, port, host);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeServer(server, sockets);
    return closing;
  };
  return {
    url: `http://${reachableHost(host)}:${address.port}`,
    port: address.port,
    hits,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<AddressInfo>();
  const fail = (error: NodeJS.ErrnoException): void => {
    const place = `port ${port} on ${host}`;
    if (error.code === 'EADDRINUSE') {
      const advice = 'stop the program that listens there, or choose another port (0 takes any free one)';
      reject(new LabError(`${place} is already in use: ${advice}`, 'SLUICE_LAB_PORT_IN_USE', { cause: error }));
    } else {
      const advice = 'choose a port and a host that this user may listen on';
      const message = `cannot listen on ${place} (${error.code ?? error.message}): ${advice}`;
      reject(new LabError(message, 'SLUICE_LAB_LISTEN_FAILED', { cause: error }));
    }
  };
  server.once('error', fail);
  server.listen({ port, host, backlog: BACKLOG }, () => {
    server.off('error', fail);
    resolve(server.address() as AddressInfo);
  });
  return promise;
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  for (const socket of sockets) socket.destroy();
  return promise;
}

/** A wildcard address is no place to connect to; loopback is what it includes. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
