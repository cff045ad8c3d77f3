import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type HttpError, Session, type SessionOptions } from '@sluice/http';
import { CERTIFICATE, KEY } from '../support/certificates.ts';
import { failureOf } from '../support/failure-of.ts';
import { until } from '../support/until.ts';

interface Origin extends AsyncDisposable {
  readonly url: string;
  readonly sessions: Set<ServerHttp2Session>;
  readonly requests: { readonly version: string; readonly headers: IncomingHttpHeaders; readonly body: number }[];
}

/** A server of node's that has HTTP/2 and HTTP/1.1. */
async function origin(options: { requestCert?: boolean } = {}): Promise<Origin> {
  const requests: Origin['requests'] = [];
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  const server = createSecureServer(
    {
      key: KEY,
      cert: CERTIFICATE,
      // By default it refuses requests while 10 MB wait for a client.
      maxSessionMemory: 1000,
      ...(options.requestCert ? { requestCert: true, rejectUnauthorized: true, ca: CERTIFICATE } : {}),
    },
    (request, response) => {
      let body = 0;
      request.on('data', (chunk: Buffer) => {
        body += chunk.length;
      });
      request.on('end', () => {
        requests.push({ version: request.httpVersion, headers: request.headers, body });
        const path = request.url;
        if (path === '/empty') response.writeHead(204).end();
        else if (path === '/same') response.writeHead(304, { etag: '"v1"' }).end();
        else if (path === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('zipped'));
        else if (path === '/to') response.writeHead(302, { location: '/here' }).end();
        else if (path === '/away') response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end();
        else if (path === '/cookie') response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end('set');
        else if (path === '/large') response.end(Buffer.alloc(20_000_000, 'x'));
        else if (path === '/latin1') response.writeHead(200, { 'x-out': request.headers['x-in'] ?? '' }).end();
        else response.end(`${request.method} ${body}`);
      });
    },
  );
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    requests,
    sessions,
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function http2Session(options: SessionOptions = {}): Session {
  return new Session({ http2: true, tls: { ca: CERTIFICATE }, timeout: '20s', ...options });
}

test('responses without a body are whole', async () => {
  await using server = await origin();
  await using session = http2Session();
  const head = await session.head(`${server.url}/large`);
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  const empty = await session.get(`${server.url}/empty`);
  assert.deepEqual([empty.status, empty.body.length], [204, 0]);
  const same = await session.get(`${server.url}/same`, { ifNoneMatch: '"v1"' });
  assert.deepEqual([same.ok, same.isNotModified], [true, true]);
  assert.equal(server.sessions.size, 1);
});

test('bodies are decoded, redirects followed, cookies kept', async () => {
  await using server = await origin();
  await using session = http2Session({ cookies: true });
  assert.equal((await session.get(`${server.url}/gzip`)).text(), 'zipped');
  const there = await session.get(`${server.url}/to`);
  assert.deepEqual([there.text(), there.redirects.length], ['GET 0', 1]);
  const set = await session.get(`${server.url}/cookie`);
  assert.deepEqual(set.headers.getAll('set-cookie'), ['a=1', 'b=2']);
  await session.get(`${server.url}/with`);
  assert.equal(server.requests.at(-1)!.headers.cookie, 'a=1; b=2');
});

test('fields of the connection stay behind, the lines of a field are joined, Host becomes :authority', async () => {
  await using server = await origin();
  await using session = http2Session();
  await session.get(server.url, {
    headers: {
      'Proxy-Connection': 'keep-alive',
      'HTTP2-Settings': 'x',
      host: 'other.example',
      'content-type': ['a/b', 'c/d'],
      'X-Two': ['1', '2'],
      cookie: ['a=1', 'b=2'],
    },
  });
  const { headers } = server.requests[0]!;
  assert.equal(headers[':authority'], 'other.example');
  assert.deepEqual(
    [headers['proxy-connection'], headers['http2-settings'], headers.host],
    [undefined, undefined, undefined],
  );
  assert.deepEqual([headers['content-type'], headers['x-two'], headers.cookie], ['a/b, c/d', '1, 2', 'a=1; b=2']);
});

test('bytes beyond ASCII go out and come back as they are', async () => {
  await using server = await origin();
  await using session = http2Session();
  const reply = await session.get(`${server.url}/latin1`, { headers: { 'x-in': 'caf\u00e9' } });
  assert.equal(reply.headers.get('x-out'), 'caf\u00e9');
});

test('a request head of 100 KiB goes out', async () => {
  await using server = await origin();
  await using session = http2Session();
  const outcome = await session.get(server.url, { headers: { 'x-large': 'x'.repeat(100_000) } }).then(
    (reply) => String(reply.status),
    (error: HttpError) => error.class,
  );
  // node's server has a bound of its own and resets what is beyond it.
  assert.ok(['200', '431', 'in-doubt', 'limit'].includes(outcome), outcome);
  assert.equal((await session.get(server.url)).text(), 'GET 0');
});

test('large bodies in both directions at once are whole', async () => {
  await using server = await origin();
  await using session = http2Session();
  const up = Buffer.alloc(5_000_000, 'y');
  const replies = await Promise.all([
    ...Array.from({ length: 4 }, () => session.get(`${server.url}/large`)),
    ...Array.from({ length: 4 }, () => session.post(server.url, { body: up })),
  ]);
  for (const reply of replies.slice(0, 4)) assert.equal(reply.body.length, 20_000_000);
  for (const reply of replies.slice(4)) assert.equal(reply.text(), 'POST 5000000');
  assert.ok(replies[5]!.evidence.bytesOut >= 5_000_000);
  assert.ok(replies[0]!.evidence.bytesIn >= 20_000_000);
});

test('a reader that stands still holds up its own stream only', async () => {
  await using server = await origin();
  await using session = http2Session();
  const slow = await session.stream(`${server.url}/large`);
  for (let i = 0; i < 3; i++) assert.equal((await session.get(`${server.url}/large`)).body.length, 20_000_000);
  let bytes = 0;
  for await (const chunk of slow) bytes += chunk.length;
  assert.equal(bytes, 20_000_000);
  assert.equal(server.sessions.size, 1);
});

test('a reader that leaves early resets its stream', async () => {
  await using server = await origin();
  await using session = http2Session();
  for await (const _ of await session.stream(`${server.url}/large`)) break;
  assert.equal((await session.get(server.url)).text(), 'GET 0');
  assert.equal(session.stats().inFlight, 0);
});

test('a server that wants a certificate of ours is tls, and not in doubt; with one it answers', async () => {
  await using server = await origin({ requestCert: true });
  await using bare = http2Session();
  const error = await failureOf(bare.post(server.url, { body: 'x' }));
  assert.deepEqual([error.class, error.code], ['tls', 'SLUICE_HTTP_TLS'], String(error.cause));
  await using known = http2Session({ tls: { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY } });
  assert.equal((await known.get(server.url)).evidence.httpVersion, '2');
});

test('an origin without HTTP/2 is asked once, and has HTTP/1.1 from then on', async () => {
  const sockets: Socket[] = [];
  let connections = 0;
  const server = createServer((_, response) => void response.end('old'));
  const { createServer: createTlsServer } = await import('node:tls');
  const front = createTlsServer({ key: KEY, cert: CERTIFICATE, ALPNProtocols: ['http/1.1'] }, (socket) => {
    sockets.push(socket);
    server.emit('connection', socket);
  });
  front.on('connection', () => connections++);
  await once(front.listen(0, '127.0.0.1'), 'listening');
  await using _ = {
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await once(front.close(), 'close');
    },
  };
  await using session = http2Session();
  const url = `https://localhost:${(front.address() as AddressInfo).port}`;
  const replies = await Promise.all([session.get(url), session.get(url)]);
  for (const { evidence } of replies) assert.deepEqual([evidence.httpVersion, evidence.requests], ['1.1', 1]);
  assert.equal(connections, 3);
  assert.equal((await session.get(url)).evidence.reused, true);
  assert.equal(connections, 3);
});

test('a redirect to a private address of another origin is refused over HTTP/2 too', async () => {
  await using server = await origin();
  await using session = http2Session();
  assert.equal((await failureOf(session.get(`${server.url}/away`))).code, 'SLUICE_HTTP_ADDRESS_REFUSED');
});

test('what waits for a connection shares its failure, and its deadline is its own', async () => {
  await using session = http2Session();
  const failures = await Promise.all([1, 2, 3].map(() => failureOf(session.get('https://localhost:1/'))));
  for (const { code, evidence } of failures) assert.deepEqual([code, evidence.sent], ['SLUICE_HTTP_CONNECT', false]);
  assert.deepEqual(session.stats().origins, {});
});

test('a connection that was closed while nobody looked costs no request', async () => {
  await using server = await origin();
  await using session = http2Session();
  for (let round = 0; round < 5; round++) {
    assert.equal((await session.get(server.url)).text(), 'GET 0');
    for (const one of server.sessions) one.destroy();
    assert.equal((await session.get(server.url)).text(), 'GET 0');
  }
});

test('a closed session leaves no connection and refuses what is under way', async () => {
  await using server = await origin();
  const session = http2Session();
  await session.get(server.url);
  const under = failureOf(session.get(`${server.url}/large`));
  await session.close();
  assert.equal((await under).code, 'SLUICE_HTTP_SESSION_CLOSED');
  await until('the server has no connection', () => server.sessions.size === 0);
});

test('http2 with a transport of the caller’s is a usage error', () => {
  const transport = { dispatch: () => assert.fail(), stats: () => ({}), close: async () => {} };
  assert.throws(() => new Session({ http2: true, transport }), { code: 'SLUICE_USAGE' });
});

test('text of a plain http URL is not asked for HTTP/2', async () => {
  const server = createServer(async (request, response) => void response.end(`plain ${await text(request)}`));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await using _ = {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
  await using session = http2Session();
  const reply = await session.post(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { body: 'x' });
  assert.deepEqual([reply.text(), reply.evidence.httpVersion], ['plain x', '1.1']);
});
