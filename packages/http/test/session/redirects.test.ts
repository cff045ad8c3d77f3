import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, pathOf, rawServer, response } from '../support/raw-server.ts';

test('redirects are followed and remembered', async () => {
  await using server = await rawServer((socket, request) => {
    const next = { '/a': '/b?x=1#part', '/b?x=1': 'c' }[pathOf(request)];
    socket.write(next === undefined ? response(200, [], 'end') : response(302, [`location: ${next}`], 'moved'));
  });
  await using session = new Session({ baseUrl: server.url });
  const reply = await session.get('/a#top');
  assert.equal(reply.text(), 'end');
  assert.equal(reply.url, `${server.url}/c`);
  assert.deepEqual(reply.redirects, [`${server.url}/a`, `${server.url}/b?x=1`]);
  assert.equal(reply.evidence.requests, 3);
  assert.deepEqual(server.requests.map(pathOf), ['/a', '/b?x=1', '/c'], 'fragments are never sent');
});

for (const [status, method, expected] of [
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'POST', 'GET'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
  [301, 'PUT', 'PUT'],
  [302, 'DELETE', 'DELETE'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [302, 'HEAD', 'HEAD'],
] as const) {
  test(`after ${status} a ${method} goes on as ${expected}`, async () => {
    await using server = await rawServer((socket, request) => {
      if (pathOf(request) === '/') socket.write(response(status, ['location: /next']));
      else socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    });
    await using session = new Session();
    const body = method === 'POST' || method === 'PUT' ? { json: { a: 1 } } : {};
    await session.request(method, server.url, body);
    const last = server.requests[1]!;
    assert.equal(last.head.split(' ')[0], expected);
    assert.equal(last.body, expected === method && 'json' in body ? '{"a":1}' : '');
    assert.equal(
      headerOf(last, 'content-type'),
      expected === method && 'json' in body ? 'application/json' : undefined,
    );
  });
}

test('secrets do not leave their origin', async () => {
  await using other = await rawServer((socket) => socket.write(response(200, [])));
  await using server = await rawServer((socket) => socket.write(response(302, [`location: ${other.url}/in`])));
  await using session = new Session({
    allowPrivate: true,
    bearer: 'secret',
    headers: { cookie: 'a=b', 'x-kept': 'yes' },
  });
  await session.get(server.url);
  assert.equal(headerOf(server.requests[0]!, 'authorization'), 'Bearer secret');
  const seen = other.requests[0]!;
  assert.equal(headerOf(seen, 'authorization'), undefined);
  assert.equal(headerOf(seen, 'cookie'), undefined);
  assert.equal(headerOf(seen, 'x-kept'), 'yes');
  assert.equal(headerOf(seen, 'host'), `127.0.0.1:${other.port}`);
});

test('secrets stay with a redirect within the origin, and do not come back after leaving it', async () => {
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/') socket.write(response(302, ['location: /again']));
    else if (pathOf(request) === '/again') socket.write(response(302, [`location: ${other.url}/`]));
    else socket.write(response(200, []));
  });
  await using other = await rawServer((socket) => socket.write(response(302, [`location: ${server.url}/home`])));
  await using session = new Session({ allowPrivate: true, auth: { user: 'ü', password: 'p:w' } });
  await session.get(server.url);
  const basic = `Basic ${Buffer.from('ü:p:w').toString('base64')}`;
  assert.deepEqual(
    server.requests.map((request) => headerOf(request, 'authorization')),
    [basic, basic, undefined],
  );
});

test('a redirect to the same request is a loop', async () => {
  await using server = await rawServer((socket) => socket.write(response(302, ['location: /'])));
  await using session = new Session();
  const error = await failureOf(session.get(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_REDIRECT_LOOP');
  assert.equal(error.class, 'limit');
  assert.equal(server.requests.length, 1);
});

test('a POST that is redirected to itself as GET is no loop', async () => {
  await using server = await rawServer((socket, request) =>
    socket.write(request.head.startsWith('POST') ? response(303, ['location: /']) : response(200, [], 'saved')),
  );
  await using session = new Session();
  assert.equal((await session.post(server.url, { form: { a: 1 } })).text(), 'saved');
});

test('endless redirects end at the limit', async () => {
  await using server = await rawServer((socket, request) =>
    socket.write(response(302, [`location: /${request.number}`])),
  );
  await using session = new Session();
  const error = await failureOf(session.get(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_TOO_MANY_REDIRECTS');
  assert.equal(error.evidence.requests, 11);
  assert.equal(server.requests.length, 11);
});

for (const location of ['file:///etc/passwd', 'data:text/plain,hi', 'javascript:alert(1)', 'ftp://127.0.0.1/']) {
  test(`a redirect to ${location} is refused`, async () => {
    await using server = await rawServer((socket) => socket.write(response(302, [`location: ${location}`])));
    await using session = new Session();
    const error = await failureOf(session.get(server.url));
    assert.equal(error.code, 'SLUICE_HTTP_UNSUPPORTED_SCHEME');
    assert.equal(error.class, 'policy');
    assert.equal(error.evidence.url, `${server.url}/`);
  });
}

test('a Location that is no URL is the client class', async () => {
  await using server = await rawServer((socket) => socket.write(response(302, ['location: http://['])));
  await using session = new Session();
  const error = await failureOf(session.get(server.url));
  assert.equal(error.code, 'SLUICE_HTTP_BAD_LOCATION');
  assert.equal(error.class, 'client');
});

test('a redirect without Location is a reply', async () => {
  await using server = await rawServer((socket) => socket.write(response(302, [], 'where?')));
  await using session = new Session();
  const reply = await session.get(server.url);
  assert.equal(reply.status, 302);
  assert.equal(reply.text(), 'where?');
});

test("redirect: 'manual' gives the redirect, 'error' refuses it", async () => {
  await using server = await rawServer((socket) => socket.write(response(301, ['location: /x'])));
  await using session = new Session({ redirect: 'manual' });
  assert.equal((await session.get(server.url)).status, 301);
  const error = await failureOf(session.get(server.url, { redirect: 'error' }));
  assert.equal(error.code, 'SLUICE_HTTP_REDIRECT_REFUSED');
});

test('a Location in raw UTF-8 keeps its bytes', async () => {
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/')
      socket.write(Buffer.from('HTTP/1.1 302 X\r\nlocation: /é\r\ncontent-length: 0\r\n\r\n', 'utf8'));
    else socket.write(response(200, []));
  });
  await using session = new Session();
  assert.equal((await session.get(server.url)).url, `${server.url}/%C3%A9`);
});
