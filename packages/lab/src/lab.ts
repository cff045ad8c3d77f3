import { createServer } from 'node:http';
import { HitCounter } from './hit-counter.ts';
import type { HostileAddresses } from './hostile/hostile-case.ts';
import { LabError } from './lab-error.ts';
import { openHostilePorts } from './ports/hostile-ports.ts';
import { openPort } from './ports/open-port.ts';
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
  /** Opens ports for what a path cannot show: TLS, HTTP/2, a proxy, resets on accept. Default: false. */
  readonly hostile?: boolean;
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
  /** Connections that clients hold open now, on all of its ports. */
  readonly openConnections: number;
  /** Where the ports of `hostile: true` are; undefined without. */
  readonly hostile: HostileGround | undefined;
  /** Destroys all connections at once and frees the port. Calling it again does no harm. */
  close(): Promise<void>;
}

/** The ports of a lab besides its own, and what a client needs to use them. */
export interface HostileGround {
  readonly addresses: HostileAddresses;
  /** The lab's own authority, made when it started: the certificate (PEM) to trust for what is signed at all. */
  readonly ca: string;
}

/** Idle connections are closed after this time, as most servers do: Node's own default, said here because clients race it. */
const KEEP_ALIVE_TIMEOUT_MS = 5000;

/**
 * Starts a server with friendly, slow and hostile routes; `GET /` lists them.
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
  const { port = 0, host = '127.0.0.1', seed = 1, hostile = false, log } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LabError(`port must be a whole number from 0 to 65535, not ${port}`, 'SLUICE_LAB_OPTION');
  }
  if (!Number.isInteger(seed)) throw new LabError(`seed must be a whole number, not ${seed}`, 'SLUICE_LAB_OPTION');

  const hits = new HitCounter();
  let ground: HostileGround | undefined;
  const dispatch = createDispatcher(
    createRouteTable(() => ground),
    { seed, hits, log },
  );
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS, maxHeaderSize: 64 * 1024 }, dispatch);
  const own = await openPort(server, host, port);
  const url = `http://${reachableHost(host)}:${own.port}`;
  const ports = hostile ? await openHostilePorts({ host, port: own.port, url, hits, dispatch }) : undefined;
  ground = ports;

  const close = async (): Promise<void> => {
    await Promise.all([own.close(), ports?.close()]);
  };
  return {
    url,
    port: own.port,
    hits,
    hostile: ground,
    get openConnections() {
      return own.connections + (ports?.connections ?? 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A wildcard address is no place to connect to; loopback is what it includes. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
