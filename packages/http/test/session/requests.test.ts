import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, pathOf, rawServer, response } from '../support/raw-server.ts';

test('bodies are sent as they are given, with their type', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session({ baseUrl: `${server.url}/api/` });
  await session.post('a', { json: { q: 'ü' } });
  await session.put('b', { form: { a: 'x y', b: 2 } });
  await session.patch('c', { body: 'text ü' });
  await session.post('d', { body: Buffer.from('bytes') });
  await session.post('e', { body: '<x/>', headers: { 'Content-Type': 'text/xml' } });
  await session.delete('f');
  const seen = server.requests.map((request) => [
    request.head.split('\r\n')[0],
    headerOf(request, 'content-type'),
    Buffer.from(request.body, 'latin1').toString(),
  ]);
  assert.deepEqual(seen, [
    ['POST /api/a HTTP/1.1', 'application/json', '{"q":"ü"}'],
    ['PUT /api/b HTTP/1.1', 'application/x-www-form-urlencoded', 'a=x+y&b=2'],
    ['PATCH /api/c HTTP/1.1', 'text/plain; charset=utf-8', 'text ü'],
    ['POST /api/d HTTP/1.1', undefined, 'bytes'],
    ['POST /api/e HTTP/1.1', 'text/xml', '<x/>'],
    ['DELETE /api/f HTTP/1.1', undefined, ''],
  ]);
});

test('the query is added to what the URL has', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session();
  await session.get(`${server.url}/p?a=1#frag`, { query: { b: 'x&y', c: [1, 2], d: undefined, e: true } });
  assert.equal(pathOf(server.requests[0]!), '/p?a=1&b=x%26y&c=1&c=2&e=true');
});

test('headers of a request win over those of the session, by name', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session({ headers: { 'X-One': '1', accept: 'text/html' }, userAgent: 'mine/1' });
  await session.get(server.url, { headers: { 'x-ONE': ['a', 'b'], cookie: 'é' }, idempotencyKey: 'k-1' });
  await session.get(server.url);
  const [first, second] = server.requests.map((request) => request.head) as [string, string];
  assert.match(first, /\r\nx-one: a\r\nx-one: b(\r\n|$)/);
  assert.match(first, /\r\ncookie: é(\r\n|$)/);
  assert.match(first, /\r\nidempotency-key: k-1(\r\n|$)/);
  assert.match(first, /\r\naccept: text\/html\r\n/);
  assert.match(first, /\r\nuser-agent: mine\/1\r\n/);
  assert.match(second, /\r\nx-one: 1(\r\n|$)/);
  assert.doesNotMatch(second, /idempotency|cookie/, 'what one request sets, the next does not see');
});

test('user and password of a URL become basic authorization and are never shown', async () => {
  await using server = await rawServer((socket) => socket.write(response(401, [])));
  await using session = new Session();
  const reply = await session.get(`http://us%65r:p%40ss@127.0.0.1:${server.port}/x`);
  assert.equal(headerOf(server.requests[0]!, 'authorization'), `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  assert.equal(reply.url, `${server.url}/x`);
  assert.equal(reply.evidence.url, `${server.url}/x`);
});

for (const [url, code, errorClass] of [
  ['not a url', 'SLUICE_HTTP_BAD_URL', 'input'],
  ['/relative', 'SLUICE_HTTP_BAD_URL', 'input'],
  ['http://127.0.0.1:99999/', 'SLUICE_HTTP_BAD_URL', 'input'],
  ['http://127.0.0.1:0/', 'SLUICE_HTTP_BAD_URL', 'input'],
  ['http://[fe80::1%25eth0]/', 'SLUICE_HTTP_BAD_URL', 'input'],
  ['javascript:alert(1)', 'SLUICE_HTTP_UNSUPPORTED_SCHEME', 'policy'],
  ['mailto:someone@example.com', 'SLUICE_HTTP_UNSUPPORTED_SCHEME', 'policy'],
  ['file:///etc/passwd', 'SLUICE_HTTP_UNSUPPORTED_SCHEME', 'policy'],
] as const) {
  test(`${url} is refused as ${errorClass}`, async () => {
    await using session = new Session();
    const error = await failureOf(session.get(url));
    assert.equal(error.code, code);
    assert.equal(error.class, errorClass);
    assert.equal(error.evidence.sent, false);
  });
}

test('a password in a URL that cannot be used is not shown either', async () => {
  await using session = new Session();
  const error = await failureOf(session.get('http://user:hunter2@[bad/'));
  assert.doesNotMatch(error.message + JSON.stringify(error.evidence), /hunter2/);
});

for (const headers of [
  { 'bad name': 'x' },
  { '': 'x' },
  { x: 'a\r\nInjected: yes' },
  { x: 'a\0b' },
  { x: 'snowman ☃' },
  { 'Content-Length': '5' },
  { 'transfer-encoding': 'chunked' },
  { connection: 'close' },
] as Record<string, string>[]) {
  test(`the headers ${JSON.stringify(headers)} are refused`, async () => {
    await using session = new Session();
    const error = await failureOf(session.get('http://127.0.0.1:9/', { headers }));
    assert.equal(error.code, 'SLUICE_HTTP_BAD_HEADER');
    assert.equal(error.class, 'input');
  });
}

test('a bearer token with a line break is refused', async () => {
  await using session = new Session();
  const error = await failureOf(session.get('http://127.0.0.1:9/', { bearer: 'a\nb' }));
  assert.equal(error.code, 'SLUICE_HTTP_BAD_HEADER');
});

for (const method of ['', 'G T', 'CONNECT', 'TRACE', 'GET\r\n']) {
  test(`the method ${JSON.stringify(method)} is refused`, async () => {
    await using session = new Session();
    const error = await failureOf(session.request(method, 'http://127.0.0.1:9/'));
    assert.equal(error.code, 'SLUICE_HTTP_BAD_METHOD');
  });
}

test('JSON that cannot be written is an input failure', async () => {
  await using session = new Session();
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  for (const json of [circular, 1n, () => {}]) {
    const error = await failureOf(session.post('http://127.0.0.1:9/', { json }));
    assert.equal(error.code, 'SLUICE_HTTP_BAD_BODY');
  }
});

test('options that contradict each other are misuse', async () => {
  await using session = new Session();
  await assert.rejects(session.post('http://127.0.0.1:9/', { json: 1, body: 'x' }), UsageError);
  await assert.rejects(
    session.get('http://127.0.0.1:9/', { bearer: 'x', auth: { user: 'a', password: 'b' } }),
    UsageError,
  );
  await assert.rejects(session.get('http://127.0.0.1:9/', { timeout: Number.NaN }), UsageError);
  assert.throws(() => new Session({ maxBodyBytes: -1 }), UsageError);
  assert.throws(() => new Session({ maxConnectionsPerOrigin: 0 }), UsageError);
  assert.throws(() => new Session({ keepAliveMs: 0 }), UsageError);
});

test('response headers keep their latin1 bytes, order and repetition', async () => {
  await using server = await rawServer((socket) =>
    socket.write(
      Buffer.from(
        'HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\ncontent-length: 0\r\n\r\n',
        'latin1',
      ),
    ),
  );
  await using session = new Session();
  const { headers } = await session.get(server.url);
  assert.equal(headers.get('x-name'), 'caf\xe9');
  assert.deepEqual(headers.getAll('SET-COOKIE'), ['a=1', 'b=2']);
  assert.deepEqual([...headers][0], ['X-Name', 'caf\xe9']);
});

test('a long URL is sent whole', async () => {
  await using server = await rawServer((socket) => socket.write(response(414, [])));
  await using session = new Session();
  const path = `/${'x'.repeat(100_000)}`;
  assert.equal((await session.get(server.url + path)).status, 414);
  assert.equal(pathOf(server.requests[0]!).length, path.length);
});
