import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type HttpErrorCode, Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, rawServer, response } from '../support/raw-server.ts';

const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(200);

for (const [coding, bytes] of [
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['GZIP', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['zstd', zstdCompressSync(TEXT)],
  ['identity', Buffer.from(TEXT)],
  ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
] as const) {
  test(`a whole ${coding} body is decoded, and half of it is not taken for whole`, async () => {
    await using server = await rawServer((socket, request) => {
      const body = request.number === 1 ? bytes : bytes.subarray(0, bytes.length / 2);
      socket.write(response(200, [`content-encoding: ${coding}`], body));
    });
    await using session = new Session();
    assert.equal((await session.get(server.url)).text(), TEXT);
    assert.equal(headerOf(server.requests[0]!, 'accept-encoding'), 'gzip, deflate, br, zstd');
    if (coding === 'identity') return;
    const error = await failureOf(session.get(server.url));
    assert.equal(error.code, 'SLUICE_HTTP_TRUNCATED');
    assert.equal(error.class, 'integrity');
    assert.equal(error.phase, 'decode');
  });
}

test('a coding named over several header lines is undone', async () => {
  const bytes = brotliCompressSync(gzipSync(TEXT));
  await using server = await rawServer((socket) =>
    socket.write(response(200, ['content-encoding: gzip', 'content-encoding: br'], bytes)),
  );
  await using session = new Session();
  assert.equal((await session.get(server.url)).text(), TEXT);
});

test('plain text that claims gzip is asked for once more without compression', async () => {
  await using server = await rawServer((socket, request) => {
    const plain = headerOf(request, 'accept-encoding') === 'identity';
    socket.write(response(200, plain ? [] : ['content-encoding: gzip'], 'plain'));
  });
  await using session = new Session();
  const reply = await session.get(server.url);
  assert.equal(reply.text(), 'plain');
  assert.equal(reply.evidence.requests, 2);
});

test('plain text that always claims gzip is an integrity failure after two requests', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['content-encoding: gzip'], 'plain')));
  await using session = new Session();
  const error = await failureOf(session.get(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_UNDECODABLE');
  assert.equal(error.evidence.requests, 2);
});

test('a POST whose reply is broken is not sent again', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['content-encoding: gzip'], 'plain')));
  await using session = new Session();
  const error = await failureOf(session.post(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_UNDECODABLE');
  assert.equal(server.requests.length, 1);
});

const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
for (const [name, headers, body, code] of [
  ['a gzip bomb', ['content-encoding: gzip'], bomb, 'SLUICE_HTTP_RATIO'],
  ['a double gzip bomb', ['content-encoding: gzip, gzip'], gzipSync(bomb), 'SLUICE_HTTP_RATIO'],
  ['seven codings', [`content-encoding: ${'gzip, '.repeat(6)}gzip`], 'x', 'SLUICE_HTTP_TOO_MANY_CODINGS'],
  ['an unknown coding', ['content-encoding: rot13'], 'x', 'SLUICE_HTTP_UNKNOWN_CODING'],
  [
    'a coding named after a property of every object',
    ['content-encoding: constructor'],
    'x',
    'SLUICE_HTTP_UNKNOWN_CODING',
  ],
] as const satisfies readonly (readonly [string, readonly string[], Uint8Array | string, HttpErrorCode])[]) {
  test(`${name} is ${code}`, async () => {
    await using server = await rawServer((socket) => socket.write(response(200, headers, body)));
    await using session = new Session();
    const error = await failureOf(session.get(server.url));
    assert.equal(error.code, code);
    assert.equal(error.evidence.requests, 1);
  });
}

test('the cap counts on the wire and decoded', async () => {
  await using server = await rawServer((socket, request) => {
    if (request.number === 1) socket.write(response(200, [], Buffer.alloc(2000)));
    else socket.write(response(200, ['content-encoding: gzip'], gzipSync(Buffer.alloc(2000))));
  });
  await using session = new Session({ maxBodyBytes: 1000 });
  for (let i = 0; i < 2; i++) {
    const error = await failureOf(session.get(server.url));
    assert.equal(error.code, 'SLUICE_HTTP_BODY_TOO_LARGE');
    assert.equal(error.class, 'limit');
  }
});

test('an endless body ends at the cap', async () => {
  await using server = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const more = (): void => {
      while (!socket.destroyed && socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`)) {}
    };
    socket.on('drain', more);
    more();
  });
  await using session = new Session({ maxBodyBytes: 5_000_000 });
  const error = await failureOf(session.get(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_BODY_TOO_LARGE');
  assert.equal(session.stats().open, 0);
});

test('decode: false gives the bytes and asks for no compression', async () => {
  const bytes = gzipSync(TEXT);
  await using server = await rawServer((socket) => socket.write(response(200, ['content-encoding: gzip'], bytes)));
  await using session = new Session();
  const reply = await session.get(server.url, { decode: false });
  assert.deepEqual(Buffer.from(reply.body), bytes);
  assert.equal(headerOf(server.requests[0]!, 'accept-encoding'), undefined);
  await using rawSession = new Session({ decode: false });
  assert.equal((await rawSession.get(server.url, { decode: true })).text(), TEXT);
  assert.equal(headerOf(server.requests[1]!, 'accept-encoding'), 'gzip, deflate, br, zstd');
});

test('an empty body may name a coding', async () => {
  await using server = await rawServer((socket, request) => {
    if (request.head.startsWith('HEAD'))
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 500\r\n\r\n');
    else socket.write(response(200, ['content-encoding: gzip']));
  });
  await using session = new Session();
  assert.equal((await session.head(server.url)).body.length, 0);
  assert.equal((await session.get(server.url)).body.length, 0);
});

test('a decoder can be injected', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['content-encoding: br'], 'abc')));
  await using session = new Session({
    decodeWith: async (body, coding, maxBytes) => Buffer.from(`${coding} ${maxBytes} ${Buffer.from(body).toString()}`),
  });
  assert.equal((await session.get(server.url)).text(), 'br 1048576 abc');
});

test('a large chunked body comes whole', async () => {
  const big = Buffer.alloc(3_000_000, 'abcdefghij');
  await using server = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let at = 0; at < big.length; at += 7919) {
      const piece = big.subarray(at, at + 7919);
      socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
    }
    socket.write('0\r\ntrailer: yes\r\n\r\n');
  });
  await using session = new Session();
  const reply = await session.get(server.url);
  assert.ok(Buffer.from(reply.body).equals(big));
  assert.equal(reply.evidence.unverifiedLength, undefined);
});

test('a body in one-byte chunks is not taken for a framing attack', async () => {
  await using server = await rawServer((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(100_000)}0\r\n\r\n`),
  );
  await using session = new Session({ maxHeaderBytes: 1000 });
  assert.equal((await session.get(server.url)).body.length, 100_000);
});
