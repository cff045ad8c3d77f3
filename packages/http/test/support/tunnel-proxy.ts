import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { KEY } from './certificates.ts';

/** A proxy that opens tunnels to whatever port of loopback it is asked for, over TLS when it has a certificate. */
export async function tunnelProxy(cert?: string): Promise<AsyncDisposable & { port: number; heads: string[] }> {
  const sockets = new Set<Socket>();
  const heads: string[] = [];
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (chunk) => {
      const head = chunk.toString('latin1');
      heads.push(head);
      const through = connect(Number(/^CONNECT \S+:(\d+) /.exec(head)?.[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      sockets.add(through);
      through.on('error', () => socket.destroy());
    });
  };
  const server = cert === undefined ? createTcpServer(serve) : createTlsServer({ key: KEY, cert }, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    heads,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
