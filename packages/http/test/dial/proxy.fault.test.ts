import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { Session } from '@sluice/http';
import { ProxyTable } from '../../src/dial/proxy-table.ts';
import { CERTIFICATE, KEY } from '../support/certificates.ts';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, pathOf, rawServer, response } from '../support/raw-server.ts';
import { tunnelProxy } from '../support/tunnel-proxy.ts';

async function tlsOrigin(): Promise<AsyncDisposable & { url: string; heads: string[] }> {
  const sockets = new Set<Socket>();
  const heads: string[] = [];
  const server = createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heads.push(chunk.toString('latin1'));
      socket.write(response(200, [], 'inner'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    heads,
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

for (const transport of ['wire', 'undici'] as const) {
  for (const overTls of [false, true]) {
    test(`https goes through a tunnel of an ${overTls ? 'https' : 'http'} proxy, which alone gets its password (${transport})`, async () => {
      await using origin = await tlsOrigin();
      await using proxy = await tunnelProxy(overTls ? CERTIFICATE : undefined);
      await using session = new Session({
        transport,
        tls: { ca: CERTIFICATE },
        proxy: `${overTls ? 'https' : 'http'}://me:p%40ss@localhost:${proxy.port}`,
      });
      const first = await session.get(`${origin.url}/a`);
      const second = await session.get(`${origin.url}/b`);
      assert.deepEqual([first.text(), second.text(), second.evidence.reused], ['inner', 'inner', true]);
      assert.equal(first.evidence.tlsVersion, 'TLSv1.3');
      assert.equal(proxy.heads.length, 1);
      assert.match(proxy.heads[0]!, /^Proxy-Authorization: Basic bWU6cEBzcw==\r$/m);
      assert.doesNotMatch(origin.heads.join(''), /proxy-authorization|p@ss/i);
    });
  }

  test(`http is asked of the proxy by its whole URL (${transport})`, async () => {
    await using proxy = await rawServer((socket) => socket.write(response(200, [], 'by proxy')));
    await using session = new Session({ transport, proxy: `http://me:pw@127.0.0.1:${proxy.port}` });
    assert.equal((await session.get('http://plain.example/x?y=1')).text(), 'by proxy');
    assert.equal(pathOf(proxy.requests[0]!), 'http://plain.example/x?y=1');
    assert.equal(headerOf(proxy.requests[0]!, 'host'), 'plain.example');
    assert.equal(headerOf(proxy.requests[0]!, 'proxy-authorization'), 'Basic bWU6cHc=');
  });

  for (const [status, expected] of [
    [407, ['client', 'SLUICE_HTTP_PROXY_AUTH']],
    [403, ['client', 'SLUICE_HTTP_PROXY_REFUSED']],
    [502, ['connect', 'SLUICE_HTTP_CONNECT']],
  ] as const) {
    test(`a proxy that answers CONNECT with ${status} is ${expected[0]}, and nothing was sent (${transport})`, async () => {
      await using proxy = await rawServer((socket) => socket.end(response(status, ['connection: close'], 'no')));
      await using session = new Session({ transport, proxy: `http://127.0.0.1:${proxy.port}` });
      const error = await failureOf(session.post('https://inner.example/', { body: 'x' }));
      assert.deepEqual([error.class, error.code], expected);
      assert.equal(error.evidence.sent, false);
      assert.equal(session.stats().open, 0);
    });
  }
}

test('a proxy that closes, speaks no HTTP or is not there is told apart', async () => {
  await using closing = await rawServer((socket) => socket.destroy());
  await using garbage = await rawServer((socket) => socket.write('SSH-2.0-x\r\n\r\n'));
  const codes: string[] = [];
  for (const port of [closing.port, garbage.port, 1]) {
    await using session = new Session({ proxy: `http://127.0.0.1:${port}` });
    codes.push((await failureOf(session.get('https://inner.example/'))).code);
  }
  assert.deepEqual(codes, ['SLUICE_HTTP_CONNECT', 'SLUICE_HTTP_MALFORMED', 'SLUICE_HTTP_CONNECT']);
});

test('a private address is refused before a proxy is asked for it', async () => {
  await using proxy = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session({ allowPrivate: false, proxy: `http://127.0.0.1:${proxy.port}` });
  for (const url of ['http://169.254.169.254/', 'https://10.0.0.1/', 'http://localhost/']) {
    assert.equal((await failureOf(session.get(url))).code, 'SLUICE_HTTP_ADDRESS_REFUSED', url);
  }
  assert.equal(proxy.connections, 0);
});

test('the list of hosts without a proxy knows domains, ports, addresses and ranges', () => {
  const table = ProxyTable.from({ url: 'http://p', noProxy: 'a.test, .b.test,c.test:8080,10.0.0.0/8,::1' });
  const isDirect = (host: string, port = 80): boolean => table.choose({ secure: false, host, port }) === undefined;
  assert.deepEqual(
    ['a.test', 'x.a.test', 'x.b.test', '10.1.2.3', '::1'].map((host) => isDirect(host)),
    Array(5).fill(true),
  );
  assert.deepEqual(
    ['ba.test', 'c.test', '11.0.0.1'].map((host) => isDirect(host)),
    [false, false, false],
  );
  assert.equal(isDirect('c.test', 8080), true);
});

test('the environment is read only when it is asked for, and not what a CGI client can set', () => {
  const route = { secure: false, host: 'x.test', port: 80 };
  assert.equal(ProxyTable.from('env', { HTTP_PROXY: 'http://p:1', NO_PROXY: 'y.test' }).choose(route)?.port, 1);
  assert.equal(ProxyTable.from('env', { HTTP_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' }).choose(route), undefined);
  assert.equal(ProxyTable.from('env:MINE', { MINE: 'p:2' }).choose(route)?.port, 2);
  assert.throws(() => ProxyTable.from('env:MINE', {}), { code: 'SLUICE_USAGE' });
});
