import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between the driver and the server, and does not pass on that the server has closed a connection. */
export interface LingeringProxy extends AsyncDisposable {
  /** The server's URL with the proxy's address in place of its own. */
  readonly url: string;
}

/** Starts a proxy on a free port of the loopback in front of the server that a URL names. */
export async function lingeringProxy(serverUrl: string): Promise<LingeringProxy> {
  const url = new URL(serverUrl);
  const upstream = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const beyond = connect(upstream);
    for (const socket of [client, beyond]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.pipe(beyond);
    beyond.pipe(client, { end: false });
    client.on('close', () => beyond.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
