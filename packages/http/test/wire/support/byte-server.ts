import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What the server does on its next connection once a request head has come. */
export interface NextAnswer {
  pieces: readonly string[];
  end: 'close' | 'reset';
}

/** A server on loopback that answers every connection with the bytes that are set at that moment, and ends it. */
export interface ByteServer extends AsyncDisposable {
  readonly port: number;
  answer: NextAnswer;
}

export async function byteServer(): Promise<ByteServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let head = '';
    socket.on('data', (chunk) => {
      if (head.includes('\r\n\r\n')) return;
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) send(socket, result.answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const result: ByteServer = {
    port: (server.address() as AddressInfo).port,
    answer: { pieces: [], end: 'close' },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return result;
}

function send(socket: Socket, { pieces, end }: NextAnswer): void {
  const [piece, ...rest] = pieces;
  if (piece !== undefined) {
    socket.write(Buffer.from(piece, 'latin1'), () => setImmediate(() => send(socket, { pieces: rest, end })));
  } else if (end === 'close') {
    socket.end();
  } else {
    setImmediate(() => socket.resetAndDestroy());
  }
}
