import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, cancelScope, moveOnAfter, taskGroup } from '@sluice/core';
import { type Evidence, Session } from '@sluice/http';
import { rawServer, response } from '../support/raw-server.ts';
import { until } from '../support/until.ts';

test('cancelling the scope ends the request at once, and the server sees its socket close', async () => {
  await using server = await rawServer(() => {});
  await using session = new Session();
  let live: Evidence | undefined;
  await cancelScope(async (scope) => {
    const request = session.get(server.url, { onEvidence: (evidence) => (live = evidence) });
    await until('the request arrived', () => server.requests.length === 1);
    scope.cancel('enough');
    await assert.rejects(request, CancelledError);
  });
  assert.equal(live?.sent, true, 'the evidence of a cancelled request says that it was sent');
  await until('the server sees the close', () => server.openSockets.size === 0);
  assert.deepEqual(session.stats(), { open: 0, inFlight: 0, origins: {} });
});

test('a request in a scope that is cancelled already does not touch the network', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session();
  let live: Evidence | undefined;
  await cancelScope(async (scope) => {
    scope.cancel();
    await assert.rejects(session.get(server.url, { onEvidence: (evidence) => (live = evidence) }), CancelledError);
  });
  assert.equal(live, undefined);
  assert.deepEqual(session.stats().origins, {});
  assert.equal(server.connections, 0);
});

test('a deadline of core cuts a request in its body', async () => {
  await using server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
  await using session = new Session();
  const { timedOut } = await moveOnAfter(50, () => session.get(server.url));
  assert.equal(timedOut, true);
  await until('the server sees the close', () => server.openSockets.size === 0);
});

test('a failing sibling cancels requests that wait for a connection as well', async () => {
  await using server = await rawServer(() => {});
  await using session = new Session({ maxConnectionsPerOrigin: 2 });
  await assert.rejects(
    taskGroup(async (group) => {
      for (let i = 0; i < 10; i++) group.spawn(() => session.get(server.url));
      group.spawn(async () => {
        await until('two requests arrived', () => server.requests.length === 2);
        throw new Error('sibling');
      });
    }),
  );
  assert.equal(session.stats().inFlight, 0);
  assert.equal(session.stats().open, 0);
  assert.equal(server.requests.length, 2, 'those that waited were never sent');
});

test('a cancel between two hops sends no further request', async () => {
  await using server = await rawServer((socket, request) =>
    socket.write(response(302, [`location: /${request.number}`])),
  );
  await using session = new Session({ maxRedirects: 1e6 });
  await cancelScope(async (scope) => {
    const request = session.get(server.url);
    await until('some redirects', () => server.requests.length > 5);
    scope.cancel();
    await assert.rejects(request, CancelledError);
    const seen = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(server.requests.length <= seen + 1);
  });
});

test('closing a session fails what is under way and closes its sockets', async () => {
  await using server = await rawServer(() => {});
  const session = new Session({ maxConnectionsPerOrigin: 1 });
  const results = Promise.allSettled([session.get(server.url), session.get(server.url)]);
  await until('a request arrived', () => server.requests.length === 1);
  await session.close();
  for (const result of await results) {
    assert.equal(result.status, 'rejected');
    assert.equal(result.reason.code, 'SLUICE_HTTP_SESSION_CLOSED');
    assert.equal(result.reason.class, 'local');
  }
  await until('the server sees the close', () => server.openSockets.size === 0);
  await assert.rejects(session.get(server.url), /session is closed/);
  await session.close();
});
