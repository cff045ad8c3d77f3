import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { CERTIFICATE, KEY } from '../support/certificates.ts';
import { failureOf } from '../support/failure-of.ts';
import { rawServer, response } from '../support/raw-server.ts';
import { tunnelProxy } from '../support/tunnel-proxy.ts';
import { until } from '../support/until.ts';

/** An HTTP/2 server that answers with the fields that it got. */
async function http2Origin(): Promise<AsyncDisposable & { url: string; sessions: Set<ServerHttp2Session> }> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createSecureServer({ key: KEY, cert: CERTIFICATE });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200 });
    stream.end(JSON.stringify(headers));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    sessions,
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

for (const scheme of ['http', 'https'] as const) {
  test(`HTTP/2 goes through one tunnel of an ${scheme} proxy, which alone gets its password`, async () => {
    await using origin = await http2Origin();
    await using proxy = await tunnelProxy(scheme === 'https' ? CERTIFICATE : undefined);
    await using session = new Session({
      http2: true,
      tls: { ca: CERTIFICATE },
      proxy: `${scheme}://me:pw@localhost:${proxy.port}`,
      timeout: '20s',
    });
    const replies = await Promise.all([1, 2, 3].map((i) => session.get(`${origin.url}/${i}`)));
    for (const reply of replies) {
      assert.deepEqual([reply.evidence.httpVersion, reply.evidence.alpn], ['2', 'h2']);
      assert.equal(reply.json<Record<string, string>>()['proxy-authorization'], undefined);
    }
    assert.equal(proxy.heads.length, 1);
    assert.match(proxy.heads[0]!, /^CONNECT localhost:\d+ HTTP\/1\.1\r\n.*^Proxy-Authorization: Basic bWU6cHc=\r$/ms);
    assert.ok(replies[0]!.evidence.address!.endsWith(`:${proxy.port}`));
    // Its end is the end of the connection on the far side of the proxy, too.
    await session.close();
    await until('the origin has no connection', () => origin.sessions.size === 0);
  });
}

for (const [status, expected] of [
  [407, ['client', 'SLUICE_HTTP_PROXY_AUTH']],
  [403, ['client', 'SLUICE_HTTP_PROXY_REFUSED']],
  [502, ['connect', 'SLUICE_HTTP_CONNECT']],
] as const) {
  test(`a proxy that answers CONNECT with ${status} is ${expected[0]} for all who wait for HTTP/2`, async () => {
    await using proxy = await rawServer((socket) => socket.end(response(status, ['connection: close'], 'no')));
    await using session = new Session({ http2: true, proxy: `http://127.0.0.1:${proxy.port}` });
    const errors = await Promise.all(
      [1, 2].map(() => failureOf(session.post('https://inner.example/', { body: 'x' }))),
    );
    for (const error of errors) assert.deepEqual([error.class, error.code], expected);
    assert.deepEqual([errors[0]!.evidence.sent, session.stats().open, proxy.connections], [false, 0, 1]);
  });
}
