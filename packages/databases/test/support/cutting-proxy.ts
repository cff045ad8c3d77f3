import { connect, createServer, type Socket } from 'node:net';

/** Stands between the driver and the server, and cuts connections after so many bytes to the server. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Cuts the connection that carries the next `bytes` bytes to the server; Infinity: none. */
  cutAfter(bytes: number): void;
  /** How many were cut. */
  readonly cuts: number;
}

/** Starts a proxy in front of `host:port` on a free port of the loopback. */
export async function cuttingProxy(host: string, port: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      left -= chunk.length;
      if (left > 0) {
        upstream.write(chunk);
        return;
      }
      left = Number.POSITIVE_INFINITY;
      cuts++;
      client.resetAndDestroy();
    });
    upstream.on('data', (chunk) => client.write(chunk));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    cutAfter: (bytes) => {
      left = bytes;
    },
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
