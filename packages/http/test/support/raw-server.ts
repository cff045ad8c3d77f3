import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A request as it came: its head, and its body by Content-Length. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
  /** Its number on this server, from 1. */
  readonly number: number;
  /** Its number on its connection, from 1. */
  readonly onConnection: number;
}

/** A server on loopback that says exactly what a test wants, byte by byte. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Connections that were accepted. */
  readonly connections: number;
  readonly requests: readonly RawRequest[];
  readonly openSockets: ReadonlySet<Socket>;
}

/** Starts one; `onRequest` is called for every whole request, `onConnect` for every connection. */
export async function rawServer(
  onRequest: (socket: Socket, request: RawRequest) => void,
  onConnect: (socket: Socket) => void = () => {},
): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const openSockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections++;
    openSockets.add(socket);
    socket.on('close', () => openSockets.delete(socket));
    socket.on('error', () => {});
    // A client that closes has closed: half-open only matters for what the server sends after its own FIN.
    socket.on('end', () => socket.end());
    onConnect(socket);
    let text = '';
    let onConnection = 0;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (;;) {
        const headEnd = text.indexOf('\r\n\r\n');
        if (headEnd < 0) return;
        const head = text.slice(0, headEnd);
        const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
        if (text.length < headEnd + 4 + length) return;
        const request = {
          head,
          body: text.slice(headEnd + 4, headEnd + 4 + length),
          number: requests.length + 1,
          onConnection: ++onConnection,
        };
        text = text.slice(headEnd + 4 + length);
        requests.push(request);
        onRequest(socket, request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    openSockets,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of openSockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A whole response with a Content-Length. */
export function response(status: number, headers: readonly string[], body: string | Uint8Array = ''): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const head = [`HTTP/1.1 ${status} X`, ...headers, `content-length: ${bytes.length}`, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** The path of a request. */
export function pathOf(request: RawRequest): string {
  return request.head.split(' ')[1]!;
}

/** A header of a request. */
export function headerOf(request: RawRequest, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(request.head)?.[1];
}
