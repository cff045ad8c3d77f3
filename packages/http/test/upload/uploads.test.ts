import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { fromFile, Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { pathOf, rawServer, response } from '../support/raw-server.ts';

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** node:http reads what we send; it answers 200 to everything, `/to` with 307 to `/`. */
async function uploadServer(): Promise<AsyncDisposable & { url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    // A client that gives up is what some of these tests are about.
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: Buffer.concat(chunks) });
      if (request.url === '/to') answer.writeHead(307, { location: '/' });
      answer.end('done');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-upload-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function* pieces(): AsyncGenerator<string | Uint8Array> {
  yield 'Grü';
  yield Buffer.from('ße');
}

for (const transport of ['wire', 'undici'] as const) {
  for (const [name, make] of [
    ['an async generator', pieces],
    ['a Node stream', () => Readable.from(pieces())],
    ['a web stream', () => new Blob(['Grüße']).stream()],
  ] as const) {
    test(`${name} is sent in chunks (${transport})`, async () => {
      await using server = await uploadServer();
      await using session = new Session({ transport });
      await session.post(server.url, { body: make(), headers: { 'content-type': 'text/x' } });
      assert.equal(server.seen[0]!.body.toString(), 'Grüße');
      assert.equal(server.seen[0]!.headers['transfer-encoding'], 'chunked');
      assert.equal(server.seen[0]!.headers['content-type'], 'text/x');
    });
  }

  test(`a file larger than every buffer is sent with its length, and again after a redirect (${transport})`, async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'big.bin');
    const bytes = Buffer.alloc(1_000_000, 'abcdefghijk');
    await writeFile(path, bytes);
    await using server = await uploadServer();
    await using session = new Session({ transport });
    const reply = await session.put(`${server.url}/to`, { body: await fromFile(path) });
    assert.equal(reply.text(), 'done');
    assert.equal(server.seen.length, 2);
    for (const { headers, body } of server.seen) {
      assert.equal(headers['content-length'], '1000000');
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.ok(body.equals(bytes));
    }
  });
}

test('a Blob is sent with its length and type', async () => {
  await using server = await uploadServer();
  await using session = new Session();
  await session.post(server.url, { body: new Blob(['{}'], { type: 'application/json' }) });
  assert.deepEqual(
    [server.seen[0]!.headers['content-length'], server.seen[0]!.headers['content-type']],
    ['2', 'application/json'],
  );
});

test('a form with files is what another parser reads, with its length known', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'photo.jpg');
  await writeFile(path, Buffer.of(0, 255, 13, 10, 45, 45));
  await using server = await uploadServer();
  await using session = new Session();
  await session.post(server.url, {
    multipart: {
      name: 'Ada "the first"',
      tag: ['a', 'b'],
      'odd"\r\nname': 7,
      photo: await fromFile(path, 'image/jpeg'),
      note: { data: 'hi', filename: 'a"\r\nb.txt', contentType: 'text/plain' },
    },
  });
  const { headers, body } = server.seen[0]!;
  assert.equal(headers['content-length'], String(body.length));
  // undici's parser, by way of the platform: not ours.
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type']! },
  }).formData();
  assert.equal(form.get('name'), 'Ada "the first"');
  assert.deepEqual(form.getAll('tag'), ['a', 'b']);
  assert.equal(form.get('odd"\r\nname'), '7');
  const photo = form.get('photo') as File;
  assert.deepEqual([photo.name, photo.type], ['photo.jpg', 'image/jpeg']);
  assert.deepEqual([...(await photo.bytes())], [0, 255, 13, 10, 45, 45]);
  const note = form.get('note') as File;
  assert.deepEqual([note.name, note.type, await note.text()], ['a"\r\nb.txt', 'text/plain', 'hi']);
});

test('a form with a part of unknown length is sent in chunks', async () => {
  await using server = await uploadServer();
  await using session = new Session();
  await session.post(server.url, { multipart: { a: 1, stream: { data: pieces(), filename: 's.txt' } } });
  const { headers, body } = server.seen[0]!;
  assert.equal(headers['transfer-encoding'], 'chunked');
  assert.match(body.toString(), /filename="s.txt"\r\ncontent-type: application\/octet-stream\r\n\r\nGrüße\r\n--/);
});

test('a stream that is gone does not follow a redirect that asks for it again', async () => {
  await using server = await uploadServer();
  await using session = new Session();
  const error = await failureOf(session.put(`${server.url}/to`, { body: pieces() }));
  assert.deepEqual([error.class, error.code], ['client', 'SLUICE_HTTP_BODY_SPENT']);
  assert.equal(server.seen.length, 1);
});

test('a streamed PUT that met a closing connection is not sent again without its body', async () => {
  await using server = await rawServer((socket, request) => {
    if (request.number === 1) socket.write(response(200, []));
    else socket.destroy();
  });
  await using session = new Session();
  await session.get(server.url);
  const error = await failureOf(
    session.put(server.url, {
      body: {
        length: 3,
        async *chunks() {
          yield Buffer.from('abc');
        },
      },
    }),
  );
  assert.equal(error.class, 'in-doubt');
  assert.equal(error.evidence.requests, 1);
  assert.deepEqual(server.requests.map(pathOf), ['/', '/']);
});

test('a body that fails is the caller’s, with its cause, and the connection is closed', async () => {
  await using server = await uploadServer();
  await using session = new Session();
  const broken = new Error('disk gone');
  const body = (async function* () {
    yield 'a';
    throw broken;
  })();
  const error = await failureOf(session.post(server.url, { body }));
  assert.deepEqual([error.class, error.code], ['input', 'SLUICE_HTTP_BAD_BODY']);
  assert.match(error.message, /disk gone/);
  assert.equal(session.stats().open, 0);
});

test('a file that grew after it was looked at fails the request', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'log');
  await writeFile(path, 'abc');
  const body = await fromFile(path);
  await appendFile(path, 'def');
  await using server = await uploadServer();
  await using session = new Session();
  assert.equal((await failureOf(session.put(server.url, { body }))).code, 'SLUICE_HTTP_BAD_BODY');
});

test('a file that is none is told at once', async () => {
  await using folder = await temporaryFolder();
  for (const path of [folder.path, join(folder.path, 'nothing')]) {
    const error = await failureOf(fromFile(path));
    assert.deepEqual([error.class, error.code, error.evidence.sent], ['input', 'SLUICE_HTTP_BAD_BODY', false]);
  }
});
