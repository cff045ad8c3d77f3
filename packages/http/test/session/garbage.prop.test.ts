import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { HttpError, Reply, Session } from '@sluice/http';
import fc from 'fast-check';
import { rawServer } from '../support/raw-server.ts';

/** Pieces that responses are made of, good and bad, so that random sequences come near to what parsers trip over. */
const piece = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.0 204 No\r\n',
      'HTTP/1.1 100 C\r\n\r\n',
      'HTTP/1.1 304 N\r\n',
    ),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'content-length: 5\r\n',
      'content-length: 0\r\n',
      'transfer-encoding: chunked\r\n',
      'connection: close\r\n',
      'connection: keep-alive\r\n',
      'keep-alive: timeout=0\r\n',
      'content-encoding: gzip\r\n',
      'location: /\r\n',
      'upgrade: x\r\n',
      '\r\n',
    ),
  },
  { weight: 3, arbitrary: fc.constantFrom('hello', '5\r\nhello\r\n', '0\r\n\r\n', '\n', '\r', '\0', ':', ' ') },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
);
const script = fc.record({
  pieces: fc.array(piece, { maxLength: 12 }),
  splitAt: fc.nat({ max: 60 }),
  end: fc.constantFrom('fin', 'reset', 'late reset', 'nothing'),
  method: fc.constantFrom('GET', 'POST', 'HEAD'),
});

test('whatever a server sends, a request ends in a reply or an HttpError, and nothing escapes', async () => {
  let act: (socket: Socket) => void = () => {};
  const escaped: unknown[] = [];
  const onEscape = (error: unknown): void => {
    escaped.push(error);
  };
  process.on('uncaughtException', onEscape);
  process.on('unhandledRejection', onEscape);
  await using server = await rawServer((socket) => act(socket));
  await using session = new Session({ timeout: 40, maxRedirects: 2 });
  try {
    await fc.assert(
      fc.asyncProperty(script, async ({ pieces, splitAt, end, method }) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1');
        act = (socket) => {
          socket.write(bytes.subarray(0, splitAt));
          setImmediate(() => {
            if (socket.destroyed) return;
            socket.write(bytes.subarray(splitAt));
            if (end === 'fin') socket.end();
            else if (end === 'reset') socket.resetAndDestroy();
            else if (end === 'late reset') setTimeout(() => socket.resetAndDestroy(), 2);
          });
        };
        const outcome = await session.request(method, server.url).catch((error: unknown) => error);
        assert.ok(outcome instanceof Reply || outcome instanceof HttpError, String(outcome));
        if (outcome instanceof HttpError) assert.notEqual(outcome.class, 'internal', outcome.message);
        assert.deepEqual(escaped, []);
      }),
      { numRuns: 400 },
    );
  } finally {
    process.off('uncaughtException', onEscape);
    process.off('unhandledRejection', onEscape);
  }
});
