import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { cancelScope } from '@sluice/core';
import { type Evidence, Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { type RawServer, rawServer, response } from '../support/raw-server.ts';

/** A server and a session that have exchanged one request over a connection that is kept. */
async function warm(): Promise<{ server: RawServer; session: Session; socket: Socket }> {
  const server = await rawServer((socket, { number }) => socket.write(response(200, [], `answer ${number}`)));
  const session = new Session({ baseUrl: server.url });
  await session.get('/');
  return { server, session, socket: [...server.openSockets][0]! };
}

test('requests of one turn go out at its end, and each gets its own answer', async () => {
  const { server, session } = await warm();
  await using _server = server;
  await using _session = session;
  const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => session.post(`/${n}`, { body: `body ${n}` })));
  assert.equal(replies.length, 20);
  const seen = server.requests.slice(1).map(({ head, body }) => `${head.split(' ')[1]} ${body}`);
  assert.deepEqual(seen.sort(), Array.from({ length: 20 }, (_, n) => `/${n} body ${n}`).sort());
});

test('a request that is cancelled in the turn that it began in was certainly not sent', async () => {
  const { server, session } = await warm();
  await using _server = server;
  await using _session = session;
  let live: Evidence | undefined;
  await cancelScope(async (scope) => {
    const pending = session.post('/never', { body: 'x', onEvidence: (evidence) => (live = evidence) });
    scope.cancel('at once');
    await pending;
  });
  await turn();
  await turn();
  assert.deepEqual([live?.sent, live?.bytesOut, live?.reused], [false, 0, true]);
  assert.equal(server.requests.length, 1);
});

test('bytes that came before the request went out are no answer to it: it goes over a new connection', async () => {
  const { server, session, socket } = await warm();
  await using _server = server;
  await using _session = session;
  await turn();
  socket.write(response(200, [], 'unasked'));
  const reply = await session.get('/asked');
  assert.equal(reply.text(), 'answer 2');
  assert.equal(reply.evidence.reused, false);
  assert.equal(server.connections, 2);
});

test('a POST that met bytes out of turn was certainly not sent', async () => {
  const { server, session, socket } = await warm();
  await using _server = server;
  await using _session = session;
  await turn();
  socket.write(response(200, [], 'unasked'));
  const error = await failureOf(session.post('/asked', { body: 'x' }));
  assert.deepEqual([error.class, error.evidence.sent, error.evidence.bytesOut], ['connect', false, 0]);
  assert.equal(server.requests.length, 1);
});

test('the context of a request does not reach the answers of others', async () => {
  const { server, session } = await warm();
  await using _server = server;
  await using _session = session;
  const storage = new AsyncLocalStorage<string>();
  const contexts = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      storage.run(name, async () => {
        await session.get(`/${name}`);
        return storage.getStore();
      }),
    ),
  );
  assert.deepEqual(contexts, ['a', 'b', 'c']);
});
