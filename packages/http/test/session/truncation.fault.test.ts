import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HttpError, Reply, Session } from '@sluice/http';
import { rawServer, response } from '../support/raw-server.ts';

const chunked = 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nx: y\r\n\r\n';
const responses: readonly (readonly [string, Buffer])[] = [
  ['with Content-Length', response(200, ['x: y'], 'hello world')],
  ['with Content-Length that closes', response(200, ['connection: close'], 'hello world')],
  ['in chunks', Buffer.from(`HTTP/1.1 200 OK\r\n${chunked}`)],
  ['in chunks that closes', Buffer.from(`HTTP/1.1 200 OK\r\nconnection: close\r\n${chunked}`)],
  ['after a 103', Buffer.concat([Buffer.from('HTTP/1.1 103 E\r\nlink: x\r\n\r\n'), response(200, [], 'hello world')])],
  ['in gzip', response(200, ['content-encoding: gzip'], gzipSync('hello world'))],
];

for (const [name, bytes] of responses) {
  for (const end of ['FIN', 'reset'] as const) {
    test(`a response ${name} that a ${end} cuts at any byte is never a reply`, async () => {
      let cut = 0;
      await using server = await rawServer((socket) => {
        socket.write(bytes.subarray(0, cut), () => {
          if (end === 'FIN') socket.end();
          else setImmediate(() => socket.resetAndDestroy());
        });
      });
      await using session = new Session({ timeout: '20s' });
      for (cut = 0; cut < bytes.length; cut++) {
        const outcome = await session.post(server.url).catch((error: unknown) => error);
        assert.ok(outcome instanceof HttpError, `cut at byte ${cut}: ${String(outcome)}`);
        assert.ok(
          outcome.class === 'in-doubt' || outcome.class === 'integrity',
          `cut at byte ${cut}: ${outcome.message}`,
        );
      }
      cut = bytes.length;
      const whole = await session.post(server.url).catch((error: unknown) => error);
      // A reset may overtake the last bytes on their way; a FIN cannot.
      if (end === 'FIN') assert.ok(whole instanceof Reply && whole.text() === 'hello world', String(whole));
    });
  }
}
