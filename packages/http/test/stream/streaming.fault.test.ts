import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { moveOnAfter } from '@sluice/core';
import { HttpStatusError, Session, type StreamedReply } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { pathOf, rawServer, response } from '../support/raw-server.ts';
import { until } from '../support/until.ts';

const NOISE = Buffer.from(
  Array.from({ length: 100_000 }, (_, i) => `${(i * 2_654_435_761) % 4_294_967_296} `).join(''),
);
const ZIPPED = gzipSync(NOISE);

async function read(reply: StreamedReply): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-download-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

for (const transport of ['wire', 'undici'] as const) {
  test(`a body is read piece by piece, decoded, and its connection is kept (${transport})`, async () => {
    await using server = await rawServer((socket) =>
      socket.write(response(200, ['content-encoding: gzip', 'x-a: b'], ZIPPED)),
    );
    await using session = new Session({ transport });
    for (let i = 0; i < 2; i++) {
      await using reply = await session.stream(server.url);
      assert.deepEqual([reply.status, reply.ok, reply.headers.get('x-a')], [200, true, 'b']);
      assert.ok((await read(reply)).equals(NOISE));
      assert.equal(reply.evidence.reused, i === 1);
      assert.ok(reply.evidence.timings.bodyMs !== undefined && reply.evidence.durationMs > 0);
    }
    assert.equal(session.stats().inFlight, 0);
  });

  test(`a server waits while the reader is busy, and is not blamed for it (${transport})`, async () => {
    let written = 0;
    await using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n');
      const more = (): void => {
        while (written < 100_000_000 && !socket.destroyed) {
          written += 100_000;
          if (!socket.write(Buffer.alloc(100_000))) return;
        }
      };
      socket.on('drain', more);
      more();
    });
    await using session = new Session({
      transport,
      maxBodyBytes: 1e9,
      timeouts: { idle: '500ms' },
      minSpeed: { over: '500ms' },
    });
    const reply = await session.stream(server.url);
    let stoodAt = -1;
    await until('the server stands still', () => {
      const isStill = written === stoodAt;
      stoodAt = written;
      return isStill && written > 0;
    });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.ok(written < 50_000_000, `${written} bytes were taken although nobody read`);
    let bytes = 0;
    for await (const chunk of reply) bytes += chunk.length;
    assert.equal(bytes, 100_000_000);
  });

  for (const [name, answer, code] of [
    ['cut short', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'SLUICE_HTTP_TRUNCATED'],
    [
      'chunked without an end',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n',
      'SLUICE_HTTP_TRUNCATED',
    ],
  ] as const) {
    test(`a body that is ${name} throws where it is read, never ends (${transport})`, async () => {
      await using server = await rawServer((socket) => socket.end(answer));
      await using session = new Session({ transport });
      const reply = await session.stream(server.url);
      const error = await failureOf(read(reply));
      assert.deepEqual([error.code, error.class, error.phase], [code, 'integrity', 'body']);
      assert.equal(session.stats().open, 0);
    });
  }
}

for (const [name, bytes, code] of [
  ['half of a gzip body', ZIPPED.subarray(0, ZIPPED.length / 2), 'SLUICE_HTTP_TRUNCATED'],
  [
    'a gzip body with another checksum',
    Buffer.concat([ZIPPED.subarray(0, -8), Buffer.alloc(8)]),
    'SLUICE_HTTP_UNDECODABLE',
  ],
  ['a gzip bomb', gzipSync(Buffer.alloc(20_000_000)), 'SLUICE_HTTP_RATIO'],
] as const) {
  test(`${name} is told before the end, and closes what is not done`, async () => {
    await using server = await rawServer((socket) => socket.write(response(200, ['content-encoding: gzip'], bytes)));
    await using session = new Session();
    const error = await failureOf(read(await session.stream(server.url)));
    assert.deepEqual([error.code, error.phase], [code, 'decode']);
  });
}

test('a body that stands still, comes too slowly, or is too large is ended', async () => {
  await using server = await rawServer((socket, request) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nx');
    if (pathOf(request) === '/large') socket.write(Buffer.alloc(4999));
    if (pathOf(request) !== '/drip') return;
    const drip = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(drip));
  });
  await using session = new Session();
  const read_ = async (path: string, options: object): Promise<string> =>
    (await failureOf((async () => read(await session.stream(server.url + path, options)))())).code;
  assert.equal(await read_('/still', { timeouts: { idle: '100ms' } }), 'SLUICE_HTTP_IDLE_TIMEOUT');
  assert.equal(await read_('/still', { timeout: '100ms' }), 'SLUICE_HTTP_TIMEOUT');
  assert.equal(await read_('/drip', { minSpeed: { bytesPerSecond: 1000, over: '200ms' } }), 'SLUICE_HTTP_TOO_SLOW');
  assert.equal(await read_('/large', { maxBodyBytes: 1000 }), 'SLUICE_HTTP_BODY_TOO_LARGE');
  assert.equal(session.stats().open, 0);
});

test('leaving early, letting go, and being cancelled each close the connection', async () => {
  await using server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nx'));
  await using session = new Session();
  for await (const _ of await session.stream(server.url)) break;
  assert.equal(session.stats().open, 0);
  {
    await using _reply = await session.stream(server.url);
  }
  assert.equal(session.stats().open, 0);
  const { timedOut } = await moveOnAfter('100ms', async () => read(await session.stream(server.url)));
  assert.ok(timedOut);
  assert.deepEqual([session.stats().open, session.stats().inFlight], [0, 0]);
});

test('redirects are followed, errors have their text, and a body is read once', async () => {
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/a') socket.write(response(302, ['location: /b'], 'moved'));
    else if (pathOf(request) === '/b') socket.write(response(200, [], 'there'));
    else socket.write(response(503, [], 'why not'));
  });
  await using session = new Session();
  const reply = await session.stream(`${server.url}/a`);
  assert.equal((await reply.whole()).text(), 'there');
  assert.deepEqual(reply.redirects, [`${server.url}/a`]);
  await assert.rejects(reply.whole(), { code: 'SLUICE_USAGE' });
  const bad = await session.stream(`${server.url}/c`);
  await assert.rejects(bad.requireOk(), (error: HttpStatusError) => error.reply.text() === 'why not');
  assert.equal(session.stats().open, 1);
});

test('a download takes its name only when it is whole', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'file.bin');
  await writeFile(path, 'before');
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/cut') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    else if (pathOf(request) === '/404') socket.write(response(404, [], 'no'));
    else if (pathOf(request) === '/stall') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    else socket.write(response(200, ['content-encoding: gzip'], ZIPPED));
  });
  await using session = new Session();
  assert.equal(
    (await failureOf(session.download(`${server.url}/cut`, path) as Promise<unknown>)).code,
    'SLUICE_HTTP_TRUNCATED',
  );
  await assert.rejects(session.download(`${server.url}/404`, path), HttpStatusError);
  await moveOnAfter('100ms', () => session.download(`${server.url}/stall`, path));
  assert.deepEqual(await readdir(folder.path), ['file.bin']);
  assert.equal(await readFile(path, 'utf8'), 'before');
  const { bytes, status } = await session.download(server.url, path);
  assert.deepEqual([bytes, status], [NOISE.length, 200]);
  assert.ok((await readFile(path)).equals(NOISE));
  assert.deepEqual(await readdir(folder.path), ['file.bin']);
});

test('a file that cannot be written is local, and leaves nothing behind', async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'taken'));
  await using server = await rawServer((socket) => socket.write(response(200, [], 'x')));
  await using session = new Session();
  for (const path of [join(folder.path, 'taken'), join(folder.path, 'missing', 'file')]) {
    const error = await failureOf(session.download(server.url, path));
    assert.deepEqual([error.class, error.code], ['local', 'SLUICE_HTTP_FILE']);
  }
  assert.deepEqual(await readdir(folder.path), ['taken']);
});
