import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and makes the server go away and come back without ending it. */
export interface OutageProxy extends AsyncDisposable {
  /** The server's URL with the proxy's address in place of its own. */
  readonly url: string;
  /** Resets every connection and refuses new ones, as a server that was killed. */
  goDown(): Promise<void>;
  /** Forwards again, on the same port. */
  comeBack(): Promise<void>;
}

/**
 * Starts a proxy on the loopback in front of the server that a URL names; it forwards until it is told otherwise.
 *
 * @example
 * await using proxy = await outageProxy(database.url);
 * await using db = await connect(proxy.url);
 * await proxy.goDown();
 */
export async function outageProxy(serverUrl: string): Promise<OutageProxy> {
  const url = new URL(serverUrl);
  const upstream = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<Socket>();
  let server = await listen(upstream, sockets, 0);
  const { port } = server.address() as { port: number };
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const goDown = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) cut(socket);
    await closed;
  };
  return {
    url: url.href,
    goDown,
    comeBack: async () => {
      if (!server.listening) server = await listen(upstream, sockets, port);
    },
    [Symbol.asyncDispose]: goDown,
  };
}

/** Node cannot reset a socket whose end is under way: its handle stays half closed, and the process then spins for ever when it should exit. */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

async function listen(upstream: { host: string; port: number }, sockets: Set<Socket>, port: number): Promise<Server> {
  const server = createServer((client) => {
    const beyond = connect(upstream);
    for (const [socket, other] of [
      [client, beyond],
      [beyond, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
