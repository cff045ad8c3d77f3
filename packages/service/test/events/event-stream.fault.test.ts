import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { EventStream } from '../../src/events/event-stream.ts';
import { begin, until } from '../support/client.ts';

test('a client that does not read is said to be congested soon, and is told on when it reads again', async () => {
  const app = Fastify();
  let sent = 0;
  let drained = 0;
  let ended = 0;
  app.get('/', (_request, reply) => {
    const stream = new EventStream(reply);
    stream.onEnd = () => ended++;
    stream.onDrain = () => drained++;
    while (!stream.isCongested && sent < 10_000) {
      stream.send('big', 'x'.repeat(65_536), String(sent));
      sent++;
    }
  });
  const response = await begin(await app.listen({ port: 0, host: '127.0.0.1' }), { path: '/' });
  await until(() => sent > 0, 'the first event');
  assert.ok(sent < 100, `${sent} events were buffered`);
  assert.equal(ended, 0);
  response.resume();
  await until(() => drained > 0, 'the drain');
  response.destroy();
  await until(() => ended === 1, 'the end');
  await app.close();
});
