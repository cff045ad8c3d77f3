// server = await asyncio.start_server(echo, "127.0.0.1"); reader, writer = await asyncio.open_connection(host, port)
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { cancellable, currentScope, run, sleepForever, taskGroup } from 'sluice';

/** One connection. The scope's signal closes it on a cancel, which makes these waits end. */
async function echo(socket: Socket): Promise<void> {
  for await (const chunk of addAbortSignal(currentScope().signal, socket)) {
    if (!socket.write(chunk)) await cancellable(once(socket, 'drain')); // await writer.drain()
  }
}

/** A server with a task for each connection; all of them end with it. */
async function serve(started: (port: number) => void): Promise<void> {
  await taskGroup(async (connections) => {
    const server = createServer((socket) => connections.spawn(() => echo(socket)));
    server.listen(0, '127.0.0.1');
    await cancellable(once(server, 'listening'));
    started((server.address() as AddressInfo).port);
    try {
      await sleepForever(); // await server.serve_forever()
    } finally {
      server.close();
    }
  });
}

await run(() =>
  taskGroup(async (group) => {
    const port = await group.start(serve);
    const socket = connect(port, '127.0.0.1');
    socket.write('hello\n');
    const [answer] = (await cancellable(once(socket, 'data'))) as [Buffer];
    assert.equal(answer.toString(), 'hello\n');
    group.cancel(); // the server and its connections
    socket.destroy();
  }),
);
