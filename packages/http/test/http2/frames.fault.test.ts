import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveOnAfter } from '@sluice/core';
import { type HttpError, Session, type SessionOptions } from '@sluice/http';
import { Dialer } from '../../src/dial/dialer.ts';
import { Http2Transport } from '../../src/http2/http2-transport.ts';
import { WireTransport } from '../../src/wire/wire-transport.ts';
import { CERTIFICATE } from '../support/certificates.ts';
import { failureOf } from '../support/failure-of.ts';
import { until } from '../support/until.ts';
import {
  CODE,
  FRAME,
  type FramePeer,
  type FrameServer,
  frameServer,
  headerBlock,
  settingsOf,
} from './support/frame-server.ts';

const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;

function http2Session(options: SessionOptions = {}): Session {
  return new Session({ http2: true, tls: { ca: CERTIFICATE }, timeout: '10s', ...options });
}

/** A session whose connections are asked for a sign of life every `beatMs`. */
function watchfulSession(beatMs: number): Session {
  const dialer = new Dialer({ tls: { ca: CERTIFICATE } });
  const fallback = new WireTransport({ maxConnectionsPerOrigin: 10, keepAliveMs: 4000, dialer });
  const transport = new Http2Transport({
    dialer,
    keepAliveMs: 4000,
    maxStreams: 10,
    beatMs,
    wants: () => true,
    fallback,
  });
  return new Session({ transport, timeout: '10s' });
}

function facts({ code, class: is, phase, evidence }: HttpError): unknown[] {
  return [code, is, phase, evidence.requests];
}

const TRUNCATED = ['SLUICE_HTTP_TRUNCATED', 'integrity', 'body', 1];
const HALF_A_BODY: Readonly<Record<string, (peer: FramePeer, stream: number) => void>> = {
  'RST_STREAM with NO_ERROR': (peer, stream) => peer.reset(stream, CODE.none),
  'RST_STREAM with INTERNAL_ERROR': (peer, stream) => peer.reset(stream, CODE.internal),
  'RST_STREAM with CANCEL': (peer, stream) => peer.reset(stream, CODE.cancel),
  'RST_STREAM with REFUSED_STREAM': (peer, stream) => peer.reset(stream, CODE.refused),
  'the end of the connection': (peer) => peer.socket.end(),
  'a reset of the connection': (peer) => peer.socket.destroy(),
  'GOAWAY with an error': (peer, stream) => peer.goaway(stream, CODE.internal),
  'a frame that breaks the rules': (peer) => peer.send(FRAME.ping, 0, 0, Buffer.alloc(3)),
};

for (const [name, end] of Object.entries(HALF_A_BODY)) {
  for (const path of ['collected', 'streamed']) {
    test(`half a body and then ${name} is integrity, ${path}`, async () => {
      await using server = await frameServer({
        onRequest: (peer, stream) => {
          peer.head(stream, [[':status', '200']]);
          peer.data(stream, 'half of a b');
          setTimeout(() => end(peer, stream), 10);
        },
      });
      await using session = http2Session();
      const reading =
        path === 'collected'
          ? session.get(server.url)
          : session.stream(server.url).then(async (reply) => void (await Array.fromAsync(reply)));
      assert.deepEqual(facts(await failureOf(reading)), TRUNCATED);
    });
  }
}

test('only the stream that is reset suffers', async () => {
  await using server = await frameServer({
    onRequest: (peer, stream, count) => {
      peer.head(stream, [[':status', '200']]);
      if (count === 1) peer.reset(stream, CODE.internal);
      else peer.data(stream, 'good', true);
    },
  });
  await using session = http2Session();
  const [bad, good] = await Promise.all([failureOf(session.get(server.url)), session.get(server.url)]);
  assert.deepEqual([bad.class, good.text(), server.peers.length], ['integrity', 'good', 1]);
});

test('of a body that is longer or shorter than its content-length none is ok', async () => {
  await using server = await frameServer({
    onRequest: (peer, stream, count) => {
      peer.head(stream, [
        [':status', '200'],
        ['content-length', count === 1 ? '5' : '3'],
      ]);
      peer.data(stream, 'four', true);
    },
  });
  await using session = http2Session();
  for (let i = 0; i < 2; i++) assert.equal((await failureOf(session.get(server.url))).class, 'integrity');
});

for (const code of [CODE.none, CODE.internal, CODE.calm]) {
  test(`GOAWAY (${code}): what is above the last stream is sent again, a POST too, what is below ends where it is`, async () => {
    await using server = await frameServer({
      onRequest: (peer, stream) => {
        if (peer.number > 1) return peer.answer(stream, `from ${peer.number}`);
        if (stream < 5) return;
        peer.goaway(1, code);
        if (code === CODE.none) setTimeout(() => peer.answer(1, 'from 1'), 10);
      },
    });
    await using session = http2Session();
    const first = session.get(server.url);
    first.catch(() => {});
    await until('the first request is there', () => server.peers.length === 1 && server.frames.length > 2);
    const above = [session.post(server.url, { body: 'x' }), session.get(server.url)];
    for (const reply of await Promise.all(above)) {
      assert.deepEqual([reply.text(), reply.evidence.requests], ['from 2', 2]);
    }
    if (code === CODE.none) assert.equal((await first).text(), 'from 1');
    // node:http2 gives the whole connection up; this one was perhaps processed.
    else assert.equal((await failureOf(first)).class, 'in-doubt');
  });
}

test('a POST below the last stream of a GOAWAY is not sent again', async () => {
  await using server = await frameServer({
    onRequest: (peer, stream) => {
      peer.goaway(stream, CODE.none);
      peer.socket.end();
    },
  });
  await using session = http2Session();
  const error = await failureOf(session.post(server.url, { body: 'x' }));
  assert.deepEqual([error.class, error.evidence.requests, server.peers.length], ['in-doubt', 1, 1]);
});

test('a streamed body that is gone is not sent again after REFUSED_STREAM, and it is not in doubt', async () => {
  await using server = await frameServer({ onRequest: (peer, stream) => peer.reset(stream, CODE.refused) });
  await using session = http2Session();
  async function* rows(): AsyncGenerator<string> {
    yield 'row';
  }
  const error = await failureOf(session.post(server.url, { body: rows() }));
  assert.deepEqual([error.class, error.evidence.requests], ['connect', 1]);
});

test('a server that refuses for ever is asked three times', async () => {
  await using server = await frameServer({ onRequest: (peer, stream) => peer.reset(stream, CODE.refused) });
  await using session = http2Session();
  const error = await failureOf(session.post(server.url, { body: 'x' }));
  assert.deepEqual([error.class, error.evidence.requests], ['connect', 3]);
});

/** A server that answers when `batch` requests are under way, and not before; `most` is how many it has seen at once. */
async function batchServer(batch: number, settings?: Buffer): Promise<FrameServer & { readonly most: () => number }> {
  let most = 0;
  const open: number[] = [];
  const server = await frameServer({
    ...(settings === undefined ? {} : { settings }),
    onRequest: (peer, stream) => {
      open.push(stream);
      most = Math.max(most, open.length);
      // One more would come before what is put off.
      if (open.length === batch) setTimeout(() => open.splice(0).forEach((one) => void peer.answer(one)), 20);
    },
  });
  return Object.assign(server, { most: () => most });
}

test('a burst over a new connection waits for the settings of the server, and keeps to them', async () => {
  await using server = await batchServer(2, settingsOf([MAX_CONCURRENT_STREAMS, 2]));
  await using session = http2Session();
  const replies = await Promise.all(Array.from({ length: 20 }, () => session.get(server.url)));
  assert.deepEqual([server.most(), server.peers.length], [2, 1]);
  for (const { evidence } of replies) assert.equal(evidence.requests, 1);
});

test('maxConnectionsPerOrigin bounds what is under way', async () => {
  await using server = await batchServer(4);
  await using session = http2Session({ maxConnectionsPerOrigin: 4 });
  await Promise.all(Array.from({ length: 20 }, () => session.get(server.url)));
  assert.equal(server.most(), 4);
});

test('a server that takes no streams keeps requests waiting to their deadline, and they never leave', async () => {
  await using server = await frameServer({
    settings: settingsOf([MAX_CONCURRENT_STREAMS, 0]),
    onRequest: (peer, stream) => peer.answer(stream),
  });
  await using session = http2Session();
  await session.get(server.url);
  const error = await failureOf(session.post(server.url, { body: 'x', timeout: '100ms' }));
  assert.deepEqual([error.class, error.evidence.sent], ['timeout', false]);
  assert.equal(session.stats().origins[server.url]!.waiting, 0);
});

test('HTTP_1_1_REQUIRED leads to HTTP/1.1, and where there is none to an error', async () => {
  await using server = await frameServer({ onRequest: (peer, stream) => peer.reset(stream, CODE.http1) });
  await using session = http2Session();
  const error = await failureOf(session.post(server.url, { body: 'x' }));
  // The server does not take the ALPN of HTTP/1.1.
  assert.deepEqual([error.code, error.evidence.requests], ['SLUICE_HTTP_TLS', 1]);
});

test('a dead connection is found by PING, and its requests that are safe go on over another', async () => {
  let isAlive = true;
  await using server = await frameServer({
    isAlive: () => isAlive || server.peers.length > 1,
    onRequest: (peer, stream) => {
      if (isAlive || peer.number > 1) peer.answer(stream, `from ${peer.number}`);
    },
  });
  await using session = watchfulSession(50);
  assert.equal((await session.get(server.url)).text(), 'from 1');
  isAlive = false;
  const [get, post] = await Promise.all([session.get(server.url), failureOf(session.post(server.url, { body: 'x' }))]);
  assert.deepEqual([get.text(), get.evidence.requests], ['from 2', 2]);
  assert.deepEqual([post.class, post.evidence.requests], ['in-doubt', 1]);
  assert.match(String((post.cause as Error).cause), /no answer to PING/);
});

test('a connection that answers PING is kept, however slow the answer is', async () => {
  let pings = 0;
  await using server = await frameServer({
    onFrame: (peer, { type }) => {
      if (type === FRAME.ping && ++pings === 3) peer.answer(1, 'late');
    },
    onRequest: () => {},
  });
  await using session = watchfulSession(20);
  assert.equal((await session.get(server.url)).text(), 'late');
});

test('cancelling sends RST_STREAM with CANCEL', async () => {
  await using server = await frameServer({ onRequest: () => {} });
  await using session = http2Session();
  assert.ok((await moveOnAfter('50ms', () => session.get(server.url))).timedOut);
  await until('the reset came', () => server.frames.some(({ type }) => type === FRAME.reset));
  assert.equal(server.frames.find(({ type }) => type === FRAME.reset)!.payload.readUInt32BE(0), CODE.cancel);
});

for (const [name, body] of [
  ['of known length', (): Buffer => Buffer.alloc(100_000)],
  ['of a stream', (): AsyncIterable<Uint8Array> => endless()],
] as const) {
  test(`an upload ${name} that is cancelled never looks whole to the server`, async () => {
    // A window of 16 bytes: the body stands still in the middle.
    await using server = await frameServer({ settings: settingsOf([INITIAL_WINDOW_SIZE, 16]), onRequest: () => {} });
    await using session = http2Session();
    assert.ok((await moveOnAfter('100ms', () => session.post(server.url, { body: body() }))).timedOut);
    await until('the reset came', () => server.frames.some(({ type }) => type === FRAME.reset));
    const sent = server.frames.filter(({ type }) => type === FRAME.data);
    assert.ok(sent.length > 0);
    assert.deepEqual(
      sent.filter(({ flags }) => (flags & 1) !== 0),
      [],
    );
  });
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield Buffer.alloc(8);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('an answer before the end of the upload is whole, and the rest of the upload is cut off', async () => {
  await using server = await frameServer({
    settings: settingsOf([INITIAL_WINDOW_SIZE, 16]),
    onRequest: (peer, stream) => {
      peer.head(stream, [[':status', '413']]);
      peer.data(stream, 'too large', true);
    },
  });
  await using session = http2Session();
  const reply = await session.post(server.url, { body: Buffer.alloc(100_000) });
  assert.deepEqual([reply.status, reply.text()], [413, 'too large']);
  await until('the reset came', () => server.frames.some(({ type }) => type === FRAME.reset));
  assert.equal(
    server.frames.some(({ type, flags }) => type === FRAME.data && (flags & 1) !== 0),
    false,
  );
});

const PROTOCOL = ['SLUICE_HTTP_MALFORMED', 'protocol'];
const BAD_HEADS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'no status': [['x-a', '1']],
  'two statuses': [
    [':status', '200'],
    [':status', '200'],
  ],
  'a status that is no number': [[':status', 'abc']],
  'a status of two digits': [[':status', '20']],
  'a status of 000': [[':status', '000']],
  'a pseudo-header field that is none': [
    [':status', '200'],
    [':what', '1'],
  ],
  'a pseudo-header field of requests': [
    [':status', '200'],
    [':path', '/'],
  ],
  'a pseudo-header field after others': [
    ['x-a', '1'],
    [':status', '200'],
  ],
  'a name in capitals': [
    [':status', '200'],
    ['X-A', '1'],
  ],
  'a connection field': [
    [':status', '200'],
    ['connection', 'close'],
  ],
  'a transfer-encoding': [
    [':status', '200'],
    ['transfer-encoding', 'chunked'],
  ],
  'a content-length that is no number': [
    [':status', '200'],
    ['content-length', 'x'],
  ],
  'a negative content-length': [
    [':status', '200'],
    ['content-length', '-1'],
  ],
  'two content-lengths': [
    [':status', '200'],
    ['content-length', '5'],
    ['content-length', '6'],
  ],
};

for (const [name, fields] of Object.entries(BAD_HEADS)) {
  test(`a head with ${name} is protocol, and nothing of it is ok`, async () => {
    await using server = await frameServer({
      onRequest: (peer, stream) => {
        peer.head(stream, fields);
        peer.data(stream, 'whole', true);
      },
    });
    await using session = http2Session();
    const error = await failureOf(session.post(server.url, { body: 'x' }));
    assert.deepEqual([error.code, error.class], PROTOCOL, String(error.cause));
  });
}

const BAD_FRAMES: Readonly<Record<string, (peer: FramePeer, stream: number) => void>> = {
  'HTTP/1.1 after all': (peer) => peer.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole'),
  'DATA before HEADERS': (peer, stream) => peer.data(stream, 'whole', true),
  'a pushed stream': (peer, stream) =>
    peer.send(FRAME.push, 4, stream, Buffer.concat([Buffer.of(0, 0, 0, 2), headerBlock([[':method', 'GET']])])),
  'a frame that is too large': (peer, stream) => peer.send(FRAME.data, 0, stream, Buffer.alloc(20_000)),
  'a HEADERS block that is no HPACK': (peer, stream) => peer.send(FRAME.headers, 4, stream, Buffer.alloc(40, 0xff)),
  'a stream that nobody opened': (peer) => peer.answer(99),
  'CONTINUATION without HEADERS': (peer, stream) => peer.send(FRAME.continuation, 4, stream, Buffer.of(0x88)),
  'a WINDOW_UPDATE of 0': (peer) => peer.send(FRAME.window, 0, 0, Buffer.alloc(4)),
  'a window beyond its bound': (peer, stream) => peer.send(FRAME.window, 0, stream, Buffer.of(0x7f, 0xff, 0xff, 0xff)),
};

for (const [name, send] of Object.entries(BAD_FRAMES)) {
  test(`${name} is no answer, and ends at once`, async () => {
    await using server = await frameServer({ onRequest: send });
    await using session = http2Session();
    const error = await failureOf(session.post(server.url, { body: 'x' }));
    assert.ok(['protocol', 'in-doubt'].includes(error.class), `${error.class} ${error.message}`);
    assert.equal(error.evidence.requests, 1);
  });
}

test('a server that sends no settings at all is not HTTP/2', async () => {
  await using server = await frameServer({ settings: 'never', onRequest: (peer, stream) => peer.answer(stream) });
  await using session = http2Session();
  assert.equal((await failureOf(session.post(server.url, { body: 'x' }))).class, 'protocol');
});

test('101 is refused, and 100 and 103 are passed over', async () => {
  await using server = await frameServer({
    onRequest: (peer, stream, count) => {
      for (const status of count === 1 ? ['100', '103'] : ['101']) peer.head(stream, [[':status', status]]);
      peer.answer(stream);
    },
  });
  await using session = http2Session();
  assert.equal((await session.get(server.url)).text(), 'whole');
  const error = await failureOf(session.post(server.url, { body: 'x' }));
  assert.equal(error.class, 'protocol', error.code);
});

for (const [name, fields] of [
  ['one field', [['x-large', 'x'.repeat(12_000)]]],
  ['many small fields', Array.from({ length: 800 }, (_, i): [string, string] => [`x-${i}`, ''])],
] as const) {
  test(`a head over maxHeaderBytes by ${name} is a limit`, async () => {
    await using server = await frameServer({
      onRequest: (peer, stream) => {
        peer.head(stream, [[':status', '200'], ...fields]);
        peer.data(stream, 'whole', true);
      },
    });
    await using session = http2Session({ maxHeaderBytes: 10_000 });
    const error = await failureOf(session.get(server.url));
    assert.deepEqual([error.code, error.class], ['SLUICE_HTTP_HEADERS_TOO_LARGE', 'limit']);
  });
}

test('more fields than a head may have are a limit, whatever maxHeaderBytes is', async () => {
  await using server = await frameServer({
    onRequest: (peer, stream) => {
      peer.head(stream, [[':status', '200'], ...Array.from({ length: 1100 }, (): [string, string] => ['a', ''])]);
      peer.data(stream, 'whole', true);
    },
  });
  await using session = http2Session({ maxHeaderBytes: 1e6 });
  assert.equal((await failureOf(session.get(server.url))).code, 'SLUICE_HTTP_HEADERS_TOO_LARGE');
});

test('a header bomb of references to one large field is a limit', async () => {
  await using server = await frameServer({
    onRequest: (peer, stream) => {
      // A field of 4,000 bytes that enters the dynamic table, and 1,000 references to it.
      const field = Buffer.concat([
        Buffer.of(0x40, 1),
        Buffer.from('a'),
        Buffer.of(127, 0xa1, 0x1e),
        Buffer.alloc(4000, 'x'),
      ]);
      peer.send(FRAME.headers, 4, stream, Buffer.concat([Buffer.of(0x88), field, Buffer.alloc(1000, 0xbe)]));
      peer.data(stream, 'whole', true);
    },
  });
  await using session = http2Session({ maxHeaderBytes: 1e6 });
  assert.equal((await failureOf(session.get(server.url))).code, 'SLUICE_HTTP_HEADERS_TOO_LARGE');
});

test('a server that wants fewer requests (ENHANCE_YOUR_CALM) is in doubt, not a limit of ours', async () => {
  await using server = await frameServer({ onRequest: (peer, stream) => peer.reset(stream, CODE.calm) });
  await using session = http2Session();
  const error = await failureOf(session.post(server.url, { body: 'x' }));
  assert.deepEqual([error.code, error.class], ['SLUICE_HTTP_RESET', 'in-doubt']);
});

test('a byte beyond ASCII in a field comes as it was sent', async () => {
  await using server = await frameServer({
    onRequest: (peer, stream) => {
      peer.head(stream, [
        [':status', '200'],
        ['x-name', 'caf\u00e9'],
      ]);
      peer.data(stream, '', true);
    },
  });
  await using session = http2Session();
  assert.equal((await session.get(server.url)).headers.get('x-name'), 'caf\u00e9');
});
