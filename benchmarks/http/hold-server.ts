/** `node hold-server.ts`: keeps whoever asks for `/hold` waiting until somebody asks for `/release`; `/held` tells how many wait. Prints its port. */
import { type AddressInfo, createServer, type Socket } from 'node:net';

const BODY = 'x'.repeat(1024);
const held = new Set<Socket>();

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('close', () => held.delete(socket));
  socket.on('data', (chunk) => {
    // Every request of these clients comes in one piece.
    const path = chunk.toString('latin1', 4, chunk.indexOf(' ', 4));
    if (path === '/hold') held.add(socket);
    else if (path === '/held') answer(socket, String(held.size));
    else {
      for (const one of held) answer(one, BODY);
      held.clear();
      answer(socket, 'released');
    }
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log((server.address() as AddressInfo).port);
});

function answer(socket: Socket, body: string): void {
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
}
