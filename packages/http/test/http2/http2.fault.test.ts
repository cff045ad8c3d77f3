import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { moveOnAfter } from '@sluice/core';
import { Session, type SessionOptions } from '@sluice/http';
import { startLab } from '@sluice/lab';
import { CERTIFICATE, KEY } from '../support/certificates.ts';
import { failureOf } from '../support/failure-of.ts';
import { until } from '../support/until.ts';

type OnStream = (stream: ServerHttp2Stream, path: string, session: ServerHttp2Session) => void;

interface Server extends AsyncDisposable {
  readonly url: string;
  readonly sessions: ServerHttp2Session[];
}

async function http2Server(onStream: OnStream, settings = {}): Promise<Server> {
  const sessions: ServerHttp2Session[] = [];
  const server: Http2SecureServer = createSecureServer({ key: KEY, cert: CERTIFICATE, settings });
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, String(headers[':path']), stream.session as ServerHttp2Session);
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

function http2Session(options: SessionOptions = {}): Session {
  return new Session({ http2: true, tls: { ca: CERTIFICATE }, timeout: '10s', ...options });
}

test('many requests go over one connection at once, and the evidence says how', async () => {
  const held: ServerHttp2Stream[] = [];
  await using server = await http2Server((stream, path) => {
    held.push(stream);
    // None is answered before all are there.
    if (held.length < 50) return;
    for (const one of held) {
      one.respond({ ':status': 200, 'x-path': path });
      one.end('hello');
    }
  });
  await using session = http2Session();
  const replies = await Promise.all(Array.from({ length: 50 }, (_, i) => session.get(`${server.url}/${i}`)));
  assert.equal(server.sessions.length, 1);
  for (const reply of replies) {
    assert.deepEqual([reply.text(), reply.evidence.httpVersion, reply.evidence.alpn], ['hello', '2', 'h2']);
    assert.equal(reply.headers.has(':status'), false);
  }
  assert.match(replies[0]!.evidence.address!, /^127\.0\.0\.1:/);
  assert.deepEqual([replies[0]!.evidence.reused, replies[1]!.evidence.reused], [false, true]);
  assert.equal(session.stats().open, 1);
});

test('no more streams are opened than the server allows', async () => {
  let open = 0;
  let most = 0;
  await using server = await http2Server(
    (stream) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        stream.respond({ ':status': 200 });
        stream.end();
      }, 5);
    },
    { maxConcurrentStreams: 3 },
  );
  await using session = http2Session();
  await session.get(server.url);
  await Promise.all(Array.from({ length: 20 }, () => session.get(server.url)));
  assert.equal(most, 3);
});

test('bodies go out, whole and as streams, and trailers do not disturb', async () => {
  await using server = await http2Server(async (stream) => {
    const body = Buffer.concat(await stream.toArray());
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
    stream.end(`${body.length} ${stream.sentHeaders[':status']}`);
  });
  await using session = http2Session();
  async function* rows(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 40; i++) yield Buffer.alloc(10_000);
  }
  assert.equal((await session.post(server.url, { body: rows() })).text(), '400000 200');
  assert.equal((await session.post(server.url, { body: Buffer.alloc(300_000) })).text(), '300000 200');
  assert.equal((await session.post(server.url)).text(), '0 200');
});

test('a stream that is refused is sent again, a POST too, and not for ever', async () => {
  let count = 0;
  await using server = await http2Server((stream, path) => {
    count++;
    if (path === '/never' || count === 1) return void stream.close(constants.NGHTTP2_REFUSED_STREAM);
    stream.respond({ ':status': 200 });
    stream.end('done');
  });
  await using session = http2Session();
  const reply = await session.post(server.url, { body: 'x' });
  assert.deepEqual([reply.text(), reply.evidence.requests], ['done', 2]);
  const error = await failureOf(session.post(`${server.url}/never`, { body: 'x' }));
  assert.deepEqual([error.code, error.class, error.evidence.requests], ['SLUICE_HTTP_CONNECT', 'connect', 3]);
});

test('a stream that is reset before an answer is in doubt', async () => {
  await using server = await http2Server((stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  await using session = http2Session();
  const error = await failureOf(session.post(server.url, { body: 'x' }));
  assert.deepEqual([error.class, error.evidence.requests], ['in-doubt', 1]);
});

test('a head that is too large is a limit', async () => {
  await using server = await http2Server((stream) => {
    stream.respond({ ':status': 200, 'x-large': 'x'.repeat(20_000) });
    stream.end();
  });
  await using session = http2Session({ maxHeaderBytes: 10_000 });
  const error = await failureOf(session.get(server.url));
  assert.deepEqual([error.code, error.class], ['SLUICE_HTTP_HEADERS_TOO_LARGE', 'limit']);
});

test('informational responses are counted, and a flood of them ends', async () => {
  await using server = await http2Server((stream, path) => {
    for (let i = 0; i < (path === '/flood' ? 30 : 2); i++) stream.additionalHeaders({ ':status': 103 });
    stream.respond({ ':status': 200 });
    stream.end('ok');
  });
  await using session = http2Session();
  assert.equal((await session.get(server.url)).text(), 'ok');
  assert.equal((await failureOf(session.get(`${server.url}/flood`))).code, 'SLUICE_HTTP_TOO_MANY_INFORMATIONAL');
});

test('deadlines and cancelling end a stream and leave the connection to others', async () => {
  let closed = 0;
  await using server = await http2Server((stream, path) => {
    stream.on('close', () => closed++);
    if (path !== '/ok') return;
    stream.respond({ ':status': 200 });
    stream.end('ok');
  });
  await using session = http2Session();
  assert.equal(
    (await failureOf(session.get(server.url, { timeouts: { headers: '50ms' } }))).code,
    'SLUICE_HTTP_HEADERS_TIMEOUT',
  );
  assert.ok((await moveOnAfter('50ms', () => session.get(server.url))).timedOut);
  await until('both streams are reset', () => closed === 2);
  assert.equal((await session.get(`${server.url}/ok`)).text(), 'ok');
  assert.equal(server.sessions.length, 1);
});

test('a streamed body makes the server wait while its reader is busy', async () => {
  let written = 0;
  await using server = await http2Server((stream) => {
    stream.respond({ ':status': 200 });
    const more = (): void => {
      while (written < 20_000_000) {
        written += 50_000;
        if (!stream.write(Buffer.alloc(50_000))) return;
      }
      stream.end();
    };
    stream.on('drain', more);
    more();
  });
  await using session = http2Session();
  const reply = await session.stream(server.url);
  let stoodAt = -1;
  await until('the server stands still', () => {
    const isStill = written === stoodAt;
    stoodAt = written;
    return isStill;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(written < 10_000_000, `${written} bytes were taken although nobody read`);
  let bytes = 0;
  for await (const chunk of reply) bytes += chunk.length;
  assert.equal(bytes, 20_000_000);
});

test('a connection that nobody uses is closed, and a closed session leaves none', async () => {
  await using server = await http2Server((stream) => {
    stream.respond({ ':status': 200 });
    stream.end();
  });
  await using session = http2Session({ keepAliveMs: 50 });
  await session.get(server.url);
  await until('the connection is closed', () => session.stats().open === 0);
  const pending = failureOf(session.get(server.url));
  await session.close();
  assert.equal((await pending).code, 'SLUICE_HTTP_SESSION_CLOSED');
});

test('the lab’s HTTP/2 ports: GOAWAY and REFUSED_STREAM are made good, RST_STREAM in the body is integrity', async () => {
  await using lab = await startLab({ hostile: true });
  const { addresses, ca } = lab.hostile!;
  await using session = http2Session({ tls: { ca, servername: 'localhost' } });
  for (const url of [addresses.goaway, addresses.refusedStream]) {
    const reply = await session.post(`${url}/`, { body: 'x' });
    assert.deepEqual([reply.text(), reply.evidence.requests], ['whole\n', 2], url);
  }
  assert.equal((await failureOf(session.get(`${addresses.resetStream}/`))).class, 'integrity');
  const friendly = await session.get(`${addresses.http2}/`);
  assert.deepEqual([friendly.ok, friendly.evidence.httpVersion], [true, '2']);
  const old = await session.get(`${addresses.tls}/`);
  assert.deepEqual([old.ok, old.evidence.httpVersion, old.evidence.alpn], [true, '1.1', 'http/1.1']);
});

test('HTTP/2 is opt-in, for each origin', async () => {
  await using lab = await startLab({ hostile: true });
  const { addresses, ca } = lab.hostile!;
  const tls = { ca, servername: 'localhost' };
  const asked: string[] = [];
  await using plain = new Session({ tls });
  assert.equal((await plain.get(`${addresses.http2}/`)).evidence.httpVersion, '1.1');
  await using some = new Session({
    tls,
    http2: (origin) => {
      asked.push(origin);
      return false;
    },
  });
  assert.equal((await some.get(`${addresses.http2}/`)).evidence.httpVersion, '1.1');
  assert.deepEqual(asked, [addresses.http2]);
});
