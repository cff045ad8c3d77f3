import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { Session } from '@sluice/http';
import { CERTIFICATE, EXPIRED_CERTIFICATE, KEY } from '../support/certificates.ts';
import { failureOf } from '../support/failure-of.ts';
import { response } from '../support/raw-server.ts';

/** A TLS server that answers everything with its socket's server name and whether the session was resumed. */
async function tlsServer(cert: string): Promise<AsyncDisposable & { port: number; connections: number }> {
  const sockets = new Set<TLSSocket>();
  const server: Server = createServer({ key: KEY, cert }, (socket) => {
    sockets.add(socket);
    running.connections++;
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      const closes = chunk.toString('latin1').startsWith('GET /close');
      const answer = response(
        200,
        closes ? ['connection: close'] : [],
        `${socket.servername} ${socket.isSessionReused()}`,
      );
      if (closes) socket.end(answer);
      else socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const running = {
    port: (server.address() as AddressInfo).port,
    connections: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return running;
}

test('a trusted certificate works, the connection is kept and its bytes are counted', async () => {
  await using server = await tlsServer(CERTIFICATE);
  await using session = new Session({ tls: { ca: CERTIFICATE }, baseUrl: `https://localhost:${server.port}` });
  const first = await session.get('/');
  assert.match(first.text(), /^localhost/);
  assert.ok(first.evidence.timings.connectMs! > 0);
  const second = await session.get('/');
  assert.equal(second.evidence.reused, true);
  assert.equal(server.connections, 1);
  assert.ok(second.evidence.bytesOut > 50 && second.evidence.bytesOut < 400, String(second.evidence.bytesOut));
});

test('a second connection resumes the TLS session of the first', async () => {
  await using server = await tlsServer(CERTIFICATE);
  await using session = new Session({ tls: { ca: CERTIFICATE }, baseUrl: `https://localhost:${server.port}` });
  await session.get('/');
  const [kept, opened] = await Promise.all([session.get('/'), session.get('/')]);
  assert.equal(kept.evidence.reused, true);
  assert.equal(opened.text(), 'localhost true');
});

test('a certificate that nobody vouches for is tls, and nothing was sent', async () => {
  await using server = await tlsServer(CERTIFICATE);
  await using session = new Session();
  const error = await failureOf(session.get(`https://localhost:${server.port}/`));
  assert.equal(error.class, 'tls');
  assert.equal(error.code, 'SLUICE_HTTP_TLS');
  assert.match(error.message, /SELF_SIGNED/);
  assert.equal(error.evidence.sent, false);
  assert.equal(session.stats().open, 0);
});

test('a server that wants a certificate of ours is tls, and not in doubt: TLS 1.3 refuses only after the handshake', async () => {
  const options = { key: KEY, cert: CERTIFICATE, requestCert: true, ca: CERTIFICATE };
  const server = createServer(options, (socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await using _ = { [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
  const { port } = server.address() as AddressInfo;
  await using session = new Session({ tls: { ca: CERTIFICATE }, timeout: '10s' });
  const error = await failureOf(session.get(`https://localhost:${port}/`));
  assert.deepEqual([error.class, error.code], ['tls', 'SLUICE_HTTP_TLS'], String(error.cause));
  assert.match(error.message, /certificate/);
});

test('an expired certificate is tls', async () => {
  await using server = await tlsServer(EXPIRED_CERTIFICATE);
  await using session = new Session({ tls: { ca: [EXPIRED_CERTIFICATE] } });
  const error = await failureOf(session.get(`https://localhost:${server.port}/`));
  assert.equal(error.class, 'tls');
  assert.match(error.message, /EXPIRED/);
});

test('a certificate of another name is tls', async () => {
  await using server = await tlsServer(CERTIFICATE);
  await using session = new Session({ tls: { ca: CERTIFICATE } });
  const error = await failureOf(session.get(`https://127.0.0.1:${server.port}/`));
  assert.equal(error.class, 'tls');
  assert.match(error.message, /ALTNAME/);
});

test('rejectUnauthorized: false takes any certificate', async () => {
  await using server = await tlsServer(EXPIRED_CERTIFICATE);
  await using session = new Session({ tls: { rejectUnauthorized: false } });
  assert.equal((await session.get(`https://127.0.0.1:${server.port}/close`)).status, 200);
});

test('http on a port that speaks TLS says so', async () => {
  await using server = await tlsServer(CERTIFICATE);
  await using session = new Session();
  const error = await failureOf(session.post(`http://localhost:${server.port}/`, { body: 'x' }));
  // OpenSSL may close without an alert; with one, the hint tells what to do.
  assert.ok(error.class === 'protocol' || error.class === 'in-doubt', error.message);
  if (error.class === 'protocol') assert.match(error.message, /https:/);
});
