import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { pathOf, rawServer, response } from '../support/raw-server.ts';

test('every spelling of loopback is refused before anything is sent, by address', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session({ allowPrivate: false });
  for (const host of [
    '127.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '127.1',
    '[::ffff:127.0.0.1]',
    'localhost',
    '[::1]',
    '0.0.0.0',
  ]) {
    const error = await failureOf(session.get(`http://${host}:${server.port}/`));
    assert.deepEqual(
      [error.class, error.code, error.evidence.sent],
      ['policy', 'SLUICE_HTTP_ADDRESS_REFUSED', false],
      host,
    );
    assert.equal(error.phase, 'connect');
  }
  assert.equal(server.connections, 0);
  assert.equal(session.stats().open, 0);
});

test('a name is judged by what it resolves to, also when that changes', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['connection: close'])));
  await using session = new Session({
    allowPrivate: false,
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const error = await failureOf(session.get(`http://innocent.example:${server.port}/`));
  assert.equal(error.code, 'SLUICE_HTTP_ADDRESS_REFUSED');
  assert.match(error.message, /innocent\.example leads to 127\.0\.0\.1/);
  assert.equal(server.connections, 0);
});

test('by default what the user typed may be private, and redirects within it', async () => {
  await using server = await rawServer((socket, request) =>
    socket.write(pathOf(request) === '/a' ? response(302, ['location: /b']) : response(200, [], 'in')),
  );
  await using session = new Session();
  assert.equal((await session.get(`${server.url}/a`)).text(), 'in');
});

test('by default a redirect to a private address elsewhere is refused, also over a connection that is at hand', async () => {
  await using inner = await rawServer((socket) => socket.write(response(200, [], 'secret')));
  await using server = await rawServer((socket) => socket.write(response(302, [`location: ${inner.url}/secret`])));
  await using session = new Session();
  assert.equal((await session.get(inner.url)).text(), 'secret');
  const error = await failureOf(session.get(server.url));
  assert.deepEqual([error.class, error.code], ['policy', 'SLUICE_HTTP_ADDRESS_REFUSED']);
  assert.equal(inner.requests.length, 1);
  assert.equal(error.evidence.requests, 1);
});

test('by default a discovered link to a private address is refused', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session();
  await session.get(server.url);
  const error = await failureOf(session.get(server.url, { discovered: true }));
  assert.equal(error.code, 'SLUICE_HTTP_ADDRESS_REFUSED');
});

test('a function decides about each private address', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  const asked: string[] = [];
  await using session = new Session({
    allowPrivate: (address, host) => {
      asked.push(`${host} ${address}`);
      return host === 'yes.test';
    },
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  assert.equal((await session.get(`http://yes.test:${server.port}/`)).status, 200);
  await failureOf(session.get(`http://no.test:${server.port}/`));
  assert.deepEqual(asked, ['yes.test 127.0.0.1', 'no.test 127.0.0.1']);
});

test('a name that its resolver blocks with 0.0.0.0 is refused by policy', async () => {
  await using session = new Session({ lookup: async () => [{ address: '0.0.0.0', family: 4 }] });
  const error = await failureOf(session.get('http://ads.test/'));
  assert.deepEqual([error.class, error.code], ['policy', 'SLUICE_HTTP_ADDRESS_REFUSED']);
});

test('a dead address of two does not hurt, and the good one is told', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['connection: close'], 'ok')));
  await using session = new Session({
    lookup: async () => [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ],
  });
  const reply = await session.get(`http://two.test:${server.port}/`);
  assert.equal(reply.evidence.address, `127.0.0.1:${server.port}`);
  assert.ok(reply.evidence.timings.dnsMs !== undefined && reply.evidence.timings.connectMs !== undefined);
});

test('a lookup that never ends is dns, within its own timeout', async () => {
  await using session = new Session({ lookup: () => new Promise(() => {}), timeouts: { dns: '50ms' } });
  const error = await failureOf(session.get('http://silent.test/'));
  assert.deepEqual([error.class, error.code, error.temporary], ['dns', 'SLUICE_HTTP_DNS_TIMEOUT', true]);
});

test('a TLS handshake that hangs is connect, within its own timeout', async () => {
  await using server = await rawServer(() => {});
  await using session = new Session({ timeouts: { tls: '50ms' } });
  const error = await failureOf(session.get(`https://127.0.0.1:${server.port}/`));
  assert.deepEqual([error.class, error.code, error.phase], ['connect', 'SLUICE_HTTP_CONNECT_TIMEOUT', 'tls']);
});
