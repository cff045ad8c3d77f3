import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { type RawRequest, rawServer, response } from '../support/raw-server.ts';
import { until } from '../support/until.ts';

/** Answers the first request of a connection, and drops the connection at the second without an answer. */
function answersOnce(socket: Socket, request: RawRequest): void {
  if (request.onConnection === 1) socket.write(response(200, [], String(request.number)));
  else socket.resetAndDestroy();
}

test('an idempotent request that meets a connection being closed is sent once more on a new one', async () => {
  await using server = await rawServer(answersOnce);
  await using session = new Session();
  await session.get(server.url);
  const reply = await session.get(server.url);
  assert.equal(reply.ok, true);
  assert.equal(reply.evidence.requests, 2);
  assert.equal(reply.evidence.reused, false);
  assert.equal(reply.evidence.code, undefined);
  assert.equal(server.connections, 2);
  assert.equal(server.requests.length, 3, 'the server saw both');
});

test('a POST that meets a connection being closed is in doubt, and not sent again', async () => {
  await using server = await rawServer(answersOnce);
  await using session = new Session();
  await session.get(server.url);
  const error = await failureOf(session.post(server.url, { body: 'once' }));
  assert.equal(error.class, 'in-doubt');
  assert.equal(error.evidence.reused, true);
  assert.equal(error.evidence.requests, 1);
  assert.equal(server.requests.length, 2);
});

test('the free retry comes once, and only when no byte was answered', async () => {
  await using server = await rawServer((socket, request) => {
    if (request.number === 1) socket.write(response(200, []));
    else if (request.number === 2) socket.end('HTTP/1.1 200');
    else socket.write(response(200, []));
  });
  await using session = new Session();
  await session.get(server.url);
  const error = await failureOf(session.get(server.url));
  assert.equal(error.class, 'in-doubt');
  assert.equal(error.evidence.requests, 1);
});

test('a request on a new connection is not retried', async () => {
  await using server = await rawServer((socket) => socket.resetAndDestroy());
  await using session = new Session();
  const error = await failureOf(session.get(server.url));
  assert.equal(error.class, 'in-doubt');
  assert.equal(server.requests.length, 1);
});

test('the retry comes at the limit of connections too', async () => {
  await using server = await rawServer(answersOnce);
  await using session = new Session({ maxConnectionsPerOrigin: 1 });
  await session.get(server.url);
  assert.equal((await session.get(server.url)).ok, true);
  assert.equal(session.stats().open, 1);
});

test('connections are used again, the last one first, and no more are opened than allowed', async () => {
  await using server = await rawServer((socket) => setTimeout(() => socket.write(response(200, [])), 5));
  await using session = new Session({ maxConnectionsPerOrigin: 3 });
  const replies = await Promise.all(Array.from({ length: 30 }, () => session.get(server.url)));
  assert.equal(server.connections, 3);
  assert.equal(replies.filter((reply) => reply.evidence.reused).length, 27);
  assert.deepEqual(session.stats(), {
    open: 3,
    inFlight: 0,
    origins: { [server.url]: { open: 3, inFlight: 0, waiting: 0 } },
  });
});

test('waiting requests are served when connections close after every answer', async () => {
  await using server = await rawServer((socket) => socket.end(response(200, ['connection: close'])));
  await using session = new Session({ maxConnectionsPerOrigin: 2 });
  const replies = await Promise.all(Array.from({ length: 20 }, () => session.get(server.url)));
  assert.equal(
    replies.every((reply) => reply.ok && !reply.evidence.reused),
    true,
  );
  assert.equal(server.connections, 20);
  await until('nothing is left open', () => session.stats().open === 0);
  assert.deepEqual(session.stats().origins, {}, 'an origin without connections is forgotten');
});

test('an unused connection is closed after keepAliveMs', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session({ keepAliveMs: 50 });
  await session.get(server.url);
  // undici does not keep the process alive for it, so something else must.
  await until('it is closed', () => session.stats().open === 0 && server.openSockets.size === 0);
});

test('a Keep-Alive timeout that is too short to be of use is honoured', async () => {
  await using server = await rawServer((socket) =>
    socket.write(response(200, ['connection: keep-alive', 'keep-alive: timeout=1'])),
  );
  await using session = new Session({ keepAliveMs: 60_000 });
  await session.get(server.url);
  await until('it is closed', () => session.stats().open === 0);
  await session.get(server.url);
  assert.equal(server.connections, 2);
});

test('bytes on an idle connection end it without harm', async () => {
  await using server = await rawServer((socket) => {
    socket.write(response(200, []));
    setTimeout(() => socket.write(response(200, [], 'poison')), 20);
  });
  await using session = new Session();
  await session.get(server.url);
  await until('the poisoned connection is dropped', () => session.stats().open === 0);
  assert.equal((await session.get(server.url)).text(), '');
});
