import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { rawServer } from '../support/raw-server.ts';

test('a refused connection was certainly not sent', async () => {
  await using session = new Session();
  let url: string;
  {
    await using server = await rawServer(() => {});
    url = server.url;
  }
  const error = await failureOf(session.post(url, { body: 'x' }));
  assert.equal(error.class, 'connect');
  assert.equal(error.code, 'SLUICE_HTTP_CONNECT');
  assert.deepEqual([error.evidence.sent, error.evidence.requests, error.evidence.bytesOut], [false, 0, 0]);
});

test('a name that does not exist is dns, and not temporary', async () => {
  await using session = new Session();
  const error = await failureOf(session.get('http://does-not-exist.invalid/'));
  assert.equal(error.class, 'dns');
  assert.equal(error.phase, 'dns');
  // A machine without a name server says "try again" for any name.
  assert.equal(error.temporary, error.code === 'SLUICE_HTTP_DNS_FAILED');
});

test('https on a port that speaks HTTP is told apart from a bad certificate', async () => {
  await using server = await rawServer(
    () => {},
    (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  await using session = new Session();
  const error = await failureOf(session.get(`https://127.0.0.1:${server.port}/`));
  assert.equal(error.code, 'SLUICE_HTTP_NOT_TLS');
  assert.equal(error.class, 'protocol');
  assert.match(error.message, /http:/);
  assert.equal(error.evidence.sent, false);
});

test('a server that leaves in the TLS handshake is connect', async () => {
  await using server = await rawServer(
    () => {},
    (socket) => socket.once('data', () => socket.resetAndDestroy()),
  );
  await using session = new Session();
  const error = await failureOf(session.get(`https://127.0.0.1:${server.port}/`));
  assert.equal(error.class, 'connect');
  assert.equal(error.phase, 'tls');
});

test('a connection that failed leaves nothing behind', async () => {
  await using session = new Session();
  await failureOf(session.get('http://127.0.0.1:1/'));
  assert.deepEqual(session.stats(), { open: 0, inFlight: 0, origins: {} });
});
