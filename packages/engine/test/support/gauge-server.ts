import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A server on loopback that answers as a test says and watches how it is used. */
export interface GaugeServer extends AsyncDisposable {
  readonly url: string;
  /** `METHOD /path` of every request, in order. */
  readonly requests: readonly string[];
  /** The most requests that were under way at once. */
  readonly peak: number;
  readonly openSockets: ReadonlySet<Socket>;
  /** How often exactly this was asked for. */
  count(request: string): number;
}

/** Starts one. `answer` may take its time. */
export async function gaugeServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<GaugeServer> {
  const requests: string[] = [];
  const openSockets = new Set<Socket>();
  let active = 0;
  let peak = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    peak = Math.max(peak, ++active);
    response.once('close', () => active--);
    // A body that is not read keeps a kept connection from being used again.
    request.resume();
    void answer(request, response);
  });
  // Connections stay open until the other side closes them.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket: Socket) => {
    openSockets.add(socket);
    socket.once('close', () => openSockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    openSockets,
    get peak() {
      return peak;
    },
    count: (wanted) => requests.filter((request) => request === wanted).length,
    async [Symbol.asyncDispose]() {
      for (const socket of openSockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
