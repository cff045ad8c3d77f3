import type { AddressInfo, Server, Socket } from 'node:net';
import { LabError } from '../lab-error.ts';

/** A server that listens. */
export interface OpenPort {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Destroys its connections at once and frees the port. */
  close(): Promise<void>;
}

/** Clients under test open thousands of connections in one tick; the kernel caps it at its own limit. */
const BACKLOG = 4096;

/**
 * Lets a server of node:net, node:tls, node:http or node:http2 listen, and knows every connection of it.
 *
 * Throws a `LabError`: `SLUICE_LAB_PORT_IN_USE` or `SLUICE_LAB_LISTEN_FAILED`.
 */
export async function openPort(server: Server, host: string, port: number = 0): Promise<OpenPort> {
  // closeAllConnections() of node:http leaves out sockets whose HTTP parser is gone; this set leaves out none.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  const address = await listen(server, port, host);
  let closing: Promise<void> | undefined;
  return {
    port: address.port,
    get connections() {
      return sockets.size;
    },
    close() {
      closing ??= closeServer(server, sockets);
      return closing;
    },
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
