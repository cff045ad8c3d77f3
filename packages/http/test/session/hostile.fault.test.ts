import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { type FailureClass, type HttpErrorCode, Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { rawServer, response } from '../support/raw-server.ts';

interface Row {
  readonly name: string;
  readonly act: (socket: Socket) => void;
  readonly class: FailureClass;
  readonly code: HttpErrorCode;
  readonly message?: RegExp;
}

const HEAD = 'HTTP/1.1 200 OK\r\n';

const rows: readonly Row[] = [
  { name: 'closes after the request', act: (s) => s.end(), class: 'in-doubt', code: 'SLUICE_HTTP_CLOSED' },
  { name: 'resets after the request', act: (s) => s.resetAndDestroy(), class: 'in-doubt', code: 'SLUICE_HTTP_RESET' },
  {
    name: 'closes in the middle of a header',
    act: (s) => s.end(`${HEAD}content-le`),
    class: 'in-doubt',
    code: 'SLUICE_HTTP_CLOSED',
  },
  {
    name: 'closes in the middle of the status line',
    act: (s) => s.end('HTTP/1.'),
    class: 'in-doubt',
    code: 'SLUICE_HTTP_CLOSED',
  },
  {
    name: 'sends less than its Content-Length',
    act: (s) => s.end(`${HEAD}content-length: 100\r\n\r\nshort`),
    class: 'integrity',
    code: 'SLUICE_HTTP_TRUNCATED',
  },
  {
    name: 'sends less than its Content-Length and closes as it said',
    act: (s) => s.end(`${HEAD}connection: close\r\ncontent-length: 100\r\n\r\nshort`),
    class: 'integrity',
    code: 'SLUICE_HTTP_TRUNCATED',
  },
  {
    name: 'resets in a body with Content-Length',
    act: (s) => s.write(`${HEAD}content-length: 100\r\n\r\nshort`, () => setTimeout(() => s.resetAndDestroy(), 20)),
    class: 'integrity',
    code: 'SLUICE_HTTP_TRUNCATED',
  },
  {
    name: 'resets in a body that ends with its connection',
    act: (s) => s.write(`${HEAD}connection: close\r\n\r\nhalf`, () => setTimeout(() => s.resetAndDestroy(), 20)),
    class: 'integrity',
    code: 'SLUICE_HTTP_TRUNCATED',
  },
  {
    name: 'sends chunks without the last one',
    act: (s) => s.end(`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`),
    class: 'integrity',
    code: 'SLUICE_HTTP_TRUNCATED',
  },
  {
    name: 'sends chunks without the last one and closes as it said',
    act: (s) => s.end(`${HEAD}connection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`),
    class: 'integrity',
    code: 'SLUICE_HTTP_TRUNCATED',
  },
  {
    name: 'sends a bad chunk size',
    act: (s) => s.write(`${HEAD}transfer-encoding: chunked\r\n\r\nZZ\r\nhello\r\n`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'ends chunk lines with LF only',
    act: (s) => s.write(`${HEAD}transfer-encoding: chunked\r\n\r\n5\nhello\n0\n\n`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'ends header lines with LF only',
    act: (s) => s.write('HTTP/1.1 200 OK\ncontent-length: 2\n\nhi'),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends a garbage status line',
    act: (s) => s.write('complete garbage\r\n\r\n'),
    class: 'protocol',
    code: 'SLUICE_HTTP_NOT_HTTP',
  },
  {
    name: 'speaks HTTP/0.9',
    act: (s) => s.end('<html>hello</html>'),
    class: 'protocol',
    code: 'SLUICE_HTTP_NOT_HTTP',
  },
  {
    name: 'answers with a TLS alert',
    act: (s) => s.end(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])),
    class: 'protocol',
    code: 'SLUICE_HTTP_NOT_HTTP',
    message: /https:/,
  },
  {
    name: 'answers with an SSH banner',
    act: (s) => s.write('SSH-2.0-OpenSSH_9.2\r\n'),
    class: 'protocol',
    code: 'SLUICE_HTTP_NOT_HTTP',
    message: /SSH/,
  },
  {
    name: 'answers with an SMTP banner',
    act: (s) => s.write('220 mail.example ESMTP\r\n'),
    class: 'protocol',
    code: 'SLUICE_HTTP_NOT_HTTP',
    message: /SMTP/,
  },
  {
    name: 'speaks HTTP/3.7',
    act: (s) => s.write('HTTP/3.7 200 OK\r\n\r\n'),
    class: 'protocol',
    code: 'SLUICE_HTTP_NOT_HTTP',
  },
  {
    name: 'speaks HTTP/1.7',
    act: (s) => s.write('HTTP/1.7 200 OK\r\n\r\n'),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends status 000',
    act: (s) => s.end('HTTP/1.1 000 X\r\nconnection: close\r\n\r\n'),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends a negative Content-Length',
    act: (s) => s.write(`${HEAD}content-length: -5\r\n\r\nhello`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends a Content-Length that is no number',
    act: (s) => s.write(`${HEAD}content-length: many\r\n\r\nhello`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends the same Content-Length twice',
    act: (s) => s.write(`${HEAD}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends two different Content-Lengths',
    act: (s) => s.write(`${HEAD}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends Content-Length and Transfer-Encoding',
    act: (s) => s.write(`${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'uses a transfer coding that nobody asked for',
    act: (s) => s.end(`${HEAD}transfer-encoding: gzip\r\n\r\nhello`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'sends NUL in a header',
    act: (s) => s.write(`${HEAD}x: a\0b\r\ncontent-length: 0\r\n\r\n`),
    class: 'protocol',
    code: 'SLUICE_HTTP_MALFORMED',
  },
  {
    name: 'switches protocols unasked',
    act: (s) => s.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
    class: 'protocol',
    code: 'SLUICE_HTTP_UPGRADE',
  },
  {
    name: 'floods with 103',
    act: (s) => s.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(30)),
    class: 'limit',
    code: 'SLUICE_HTTP_TOO_MANY_INFORMATIONAL',
  },
  {
    name: 'floods with 100',
    act: (s) => s.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(30)),
    class: 'limit',
    code: 'SLUICE_HTTP_TOO_MANY_INFORMATIONAL',
  },
  {
    name: 'sends a 1 MB header',
    act: (s) => s.write(`${HEAD}x: ${'y'.repeat(1_000_000)}\r\n\r\n`),
    class: 'limit',
    code: 'SLUICE_HTTP_HEADERS_TOO_LARGE',
  },
  {
    name: 'sends a head just beyond the bound',
    act: (s) => s.write(`${HEAD}x: ${'y'.repeat(66_000)}\r\ncontent-length: 0\r\n\r\n`),
    class: 'limit',
    code: 'SLUICE_HTTP_HEADERS_TOO_LARGE',
  },
  {
    name: 'sends a 1xx head without end',
    act: (s) => s.write(`HTTP/1.1 103 Early Hints\r\nlink: ${'y'.repeat(200_000)}`),
    class: 'limit',
    code: 'SLUICE_HTTP_HEADERS_TOO_LARGE',
  },
  {
    name: 'sends a 1 MB chunk extension',
    act: (s) => s.write(`${HEAD}transfer-encoding: chunked\r\n\r\n5;x=${'y'.repeat(1_000_000)}\r\nhello\r\n0\r\n\r\n`),
    class: 'limit',
    code: 'SLUICE_HTTP_FRAMING_TOO_LARGE',
  },
];

for (const row of rows) {
  test(`a server that ${row.name} is ${row.class}`, async () => {
    await using server = await rawServer((socket) => row.act(socket));
    await using session = new Session({ timeout: '20s' });
    const error = await failureOf(session.post(server.url, { body: 'x' }));
    assert.equal(error.code, row.code, error.message);
    assert.equal(error.class, row.class);
    assert.equal(error.evidence.sent, true);
    assert.equal(error.evidence.requests, 1);
    assert.ok(error.evidence.bytesOut > 0);
    assert.equal(error.evidence.address, `127.0.0.1:${server.port}`);
    if (row.message !== undefined) assert.match(error.message, row.message);
    assert.equal(session.stats().open, 0, 'the broken connection is gone');
    assert.equal(server.requests.length, 1, 'a POST is never sent twice');
  });
}

test('a server that speaks first is not HTTP', async () => {
  await using server = await rawServer(
    () => {},
    (socket) => socket.write('220 mail.example ESMTP\r\n'),
  );
  await using session = new Session();
  const error = await failureOf(session.get(server.url));
  assert.equal(error.class, 'protocol');
});

test('a server that resets on accept is connect when nothing was sent, else in doubt', async () => {
  await using server = await rawServer(
    () => {},
    (socket) => socket.resetAndDestroy(),
  );
  await using session = new Session();
  const error = await failureOf(session.post(server.url, { body: 'x' }));
  assert.equal(error.class, error.evidence.bytesOut > 0 ? 'in-doubt' : 'connect');
});

test('unasked 100 responses before the real one are passed over', async () => {
  await using server = await rawServer((socket) => {
    socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
    socket.write(response(200, [], 'fine'));
  });
  await using session = new Session();
  assert.equal((await session.get(server.url)).text(), 'fine');
});

test('a response that comes byte by byte is read all the same', async () => {
  await using server = await rawServer((socket) => {
    socket.setNoDelay(true);
    const bytes = Buffer.concat([Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), response(200, ['x: y'], 'slow')]);
    let next = 0;
    const timer = setInterval(() => {
      if (next < bytes.length) socket.write(bytes.subarray(next, ++next));
      else clearInterval(timer);
    }, 1);
  });
  await using session = new Session();
  assert.equal((await session.get(server.url)).text(), 'slow');
});

test('a body that ends with its connection is kept, with a mark in the evidence', async () => {
  await using server = await rawServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nall there is'));
  await using session = new Session();
  const reply = await session.get(server.url);
  assert.equal(reply.text(), 'all there is');
  assert.equal(reply.evidence.unverifiedLength, true);
  assert.equal(reply.evidence.httpVersion, '1.0');
});

test('statuses outside of the known ranges are replies', async () => {
  await using server = await rawServer((socket) => socket.write(response(999, [], 'denied')));
  await using session = new Session();
  assert.equal((await session.get(server.url)).status, 999);
});

test('a 64 KiB response with Connection: close that nobody reads harms nobody', async () => {
  await using server = await rawServer((socket) =>
    socket.end(response(200, ['connection: close'], Buffer.alloc(65_536, 97))),
  );
  await using session = new Session();
  for (let i = 0; i < 20; i++) {
    const reply = await session.get(server.url);
    assert.equal(reply.body.length, 65_536);
  }
  assert.equal(server.connections, 20);
});
