import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { rawServer, response } from '../support/raw-server.ts';
import { until } from '../support/until.ts';

const HEAD = 'HTTP/1.1 200 OK\r\n';

/** Writes `text` now and every few milliseconds until the connection is gone. */
function drip(socket: Socket, text: string, everyMs: number): void {
  socket.write(text);
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.on('close', () => clearInterval(timer));
}

test('a server that never answers runs into the headers timeout', async () => {
  await using server = await rawServer(() => {});
  await using session = new Session();
  const error = await failureOf(session.get(server.url, { timeouts: { headers: 50 } }));
  assert.equal(error.code, 'SLUICE_HTTP_HEADERS_TIMEOUT');
  assert.equal(error.class, 'timeout');
  assert.equal(error.phase, 'wait');
  assert.equal(error.evidence.sent, true);
  await until('the server sees the close', () => server.openSockets.size === 0);
});

test('informational responses do not extend the headers timeout', async () => {
  await using server = await rawServer((socket) => drip(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 20));
  await using session = new Session();
  const error = await failureOf(session.get(server.url, { timeouts: { headers: 300 }, maxInformational: 1e6 }));
  assert.equal(error.code, 'SLUICE_HTTP_HEADERS_TIMEOUT');
  assert.equal(error.phase, 'headers');
});

test('a head that drips runs into the headers timeout', async () => {
  await using server = await rawServer((socket) => {
    socket.write(HEAD);
    drip(socket, 'x: y\r\n', 10);
  });
  await using session = new Session();
  const error = await failureOf(session.get(server.url, { timeouts: { headers: 100 } }));
  assert.equal(error.code, 'SLUICE_HTTP_HEADERS_TIMEOUT');
  assert.equal(error.phase, 'headers');
});

test('a body that stalls runs into the idle timeout', async () => {
  await using server = await rawServer((socket) => socket.write(`${HEAD}content-length: 100\r\n\r\nstart`));
  await using session = new Session();
  const error = await failureOf(session.get(server.url, { timeouts: { idle: 60 } }));
  assert.equal(error.code, 'SLUICE_HTTP_IDLE_TIMEOUT');
  assert.equal(error.phase, 'body');
});

test('a body that drips is slower than the minimum speed', async () => {
  await using server = await rawServer((socket) => {
    socket.write(`${HEAD}content-length: 100000\r\n\r\n`);
    drip(socket, '.', 10);
  });
  await using session = new Session();
  const error = await failureOf(session.get(server.url, { minSpeed: { bytesPerSecond: 1000, over: 200 } }));
  assert.equal(error.code, 'SLUICE_HTTP_TOO_SLOW');
  assert.equal(error.class, 'timeout');
});

test('a minimum speed of 0 lets a slow body come to its end', async () => {
  await using server = await rawServer((socket) => {
    socket.write(`${HEAD}content-length: 10\r\n\r\n`);
    drip(socket, '.', 10);
  });
  await using session = new Session();
  const reply = await session.get(server.url, { minSpeed: { bytesPerSecond: 0, over: 20 } });
  assert.equal(reply.body.length, 10);
});

test('the deadline of the whole request holds while bytes keep coming', async () => {
  await using server = await rawServer((socket) => {
    socket.write(`${HEAD}content-length: 100000\r\n\r\n`);
    drip(socket, 'x'.repeat(100), 5);
  });
  await using session = new Session({ timeout: 500 });
  const error = await failureOf(session.get(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_TIMEOUT');
  assert.ok(error.evidence.durationMs >= 499);
  assert.ok(error.evidence.bytesIn > 0);
});

test('redirects do not extend the deadline of the whole request', async () => {
  await using server = await rawServer((socket, request) => {
    setTimeout(() => socket.write(response(302, [`location: /${request.number}`])), 30);
  });
  await using session = new Session({ timeout: 500, maxRedirects: 1000 });
  const error = await failureOf(session.get(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_TIMEOUT');
  assert.ok(error.evidence.requests > 1);
});

test('a TLS handshake that hangs is a failure to connect, and nothing was sent', async () => {
  await using server = await rawServer(() => {});
  await using session = new Session({ timeouts: { connect: 400 } });
  const error = await failureOf(session.get(`https://127.0.0.1:${server.port}/`));
  assert.equal(error.code, 'SLUICE_HTTP_CONNECT_TIMEOUT');
  assert.equal(error.class, 'connect');
  assert.equal(error.phase, 'tls');
  assert.equal(error.evidence.sent, false);
  assert.equal(error.evidence.requests, 0);
  await until('the server sees the close', () => server.openSockets.size === 0);
});

test('waiting for a connection counts for the whole deadline only, and nothing was sent', async () => {
  await using server = await rawServer(() => {});
  await using session = new Session({ maxConnectionsPerOrigin: 1, timeouts: { connect: 20 } });
  const first = failureOf(session.get(server.url, { timeout: 900 }));
  const error = await failureOf(session.get(server.url, { timeout: 400 }));
  assert.equal(error.code, 'SLUICE_HTTP_TIMEOUT');
  assert.equal(error.evidence.sent, false);
  assert.equal((await first).evidence.sent, true);
  assert.equal(server.requests.length, 1);
});

test('a large upload that the server does not read is bounded by the whole deadline and named so', async () => {
  await using server = await rawServer(
    () => {},
    (socket) => socket.pause(),
  );
  await using session = new Session({ timeouts: { headers: 30 }, timeout: 600 });
  const error = await failureOf(session.post(server.url, { body: new Uint8Array(64 * 1024 * 1024) }));
  assert.equal(error.code, 'SLUICE_HTTP_TIMEOUT');
  assert.equal(error.phase, 'send');
});
