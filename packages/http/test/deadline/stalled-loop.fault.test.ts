import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { rawServer } from '../support/raw-server.ts';

/** The whole process stands still, as it does when the machine is overloaded or somebody computes. */
function standStill(ms: number): void {
  const endBy = performance.now() + ms;
  while (performance.now() < endBy);
}

test('a server is not blamed for a loop of ours that stood still: what had come by then is read first', async () => {
  await using server = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na');
    setImmediate(() => {
      // In the kernel's hands before the loop stops, and not read before it goes on.
      socket.write('b');
      standStill(400);
    });
  });
  await using session = new Session({ timeouts: { headers: '200ms', idle: '200ms' } });
  assert.equal((await session.get(server.url)).text(), 'ab');
});

test('a server that had sent nothing by then is late all the same', async () => {
  await using server = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na');
    setImmediate(() => standStill(400));
  });
  await using session = new Session({ timeouts: { headers: '200ms', idle: '200ms' } });
  await assert.rejects(session.get(server.url), { code: 'SLUICE_HTTP_IDLE_TIMEOUT' });
});
