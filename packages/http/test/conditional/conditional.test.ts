import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpStatusError, Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, rawServer, response } from '../support/raw-server.ts';

test('a 304 that was asked for is ok, and one that was not is client', async () => {
  await using server = await rawServer((socket) =>
    socket.write('HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 500\r\n\r\n'),
  );
  await using session = new Session();
  const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
  const asked = [
    { ifNoneMatch: '"a"' },
    { ifNoneMatch: ['"a"', 'W/"b"'] },
    { ifModifiedSince: date },
    { ifModifiedSince: 'Fri, 02 Jan 2026 03:04:05 GMT' },
    { headers: { 'If-None-Match': '"a"' } },
  ];
  for (const options of asked) {
    const reply = await session.get(server.url, options);
    assert.deepEqual([reply.ok, reply.isNotModified, reply.body.length], [true, true, 0]);
    assert.equal(reply.requireOk(), reply);
  }
  assert.deepEqual(
    server.requests.map((request) => headerOf(request, 'if-none-match') ?? headerOf(request, 'if-modified-since')),
    ['"a"', '"a", W/"b"', 'Fri, 02 Jan 2026 03:04:05 GMT', 'Fri, 02 Jan 2026 03:04:05 GMT', '"a"'],
  );
  const unasked = await session.get(server.url);
  assert.deepEqual([unasked.ok, unasked.isNotModified], [false, false]);
  assert.throws(
    () => unasked.requireOk(),
    (error: HttpStatusError) => error.class === 'client',
  );
});

test('a 200 to a conditional request is a whole reply', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['etag: "new"'], 'changed')));
  await using session = new Session();
  const reply = await session.get(server.url, { ifNoneMatch: '"old"' });
  assert.deepEqual([reply.isNotModified, reply.requireOk().text()], [false, 'changed']);
});

test('what is no ETag and no date is refused before anything is sent', async () => {
  await using session = new Session();
  for (const options of [{ ifNoneMatch: 'abc' }, { ifNoneMatch: [] }, { ifModifiedSince: 'yesterday' }]) {
    const error = await failureOf(session.get('http://127.0.0.1:1/', options));
    assert.deepEqual([error.code, error.class], ['SLUICE_HTTP_BAD_HEADER', 'input']);
  }
});
