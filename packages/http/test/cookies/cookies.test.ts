import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockTransport, mockReply, Session } from '@sluice/http';
import { CookieJar } from 'tough-cookie';
import { headerOf, pathOf, rawServer, response } from '../support/raw-server.ts';

test('cookies are kept, sent where they belong, and not lost on a redirect', async () => {
  await using server = await rawServer((socket, request) => {
    const path = pathOf(request);
    if (path === '/login') {
      const cookies = ['set-cookie: id=1; Path=/', 'set-cookie: deep=2; Path=/in', 'set-cookie: gone=3; Max-Age=0'];
      socket.write(response(303, [...cookies, 'location: /in/home']));
    } else socket.write(response(200, []));
  });
  await using session = new Session({ cookies: true, baseUrl: server.url });
  await session.post('/login', { form: { user: 'ada' } });
  await session.get('/out');
  await session.get('/out', { headers: { cookie: 'mine=0' } });
  assert.deepEqual(
    server.requests.map((request) => headerOf(request, 'cookie')),
    [undefined, 'deep=2; id=1', 'id=1', 'mine=0; id=1'],
  );
});

test('a streamed reply sets cookies too', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['set-cookie: a=1'], 'x')));
  await using session = new Session({ cookies: true });
  await (await session.stream(server.url)).whole();
  await session.get(server.url);
  assert.equal(headerOf(server.requests[1]!, 'cookie'), 'a=1');
});

test('a page that sets a cookie and redirects to itself is no loop, but one that does so forever is', async () => {
  await using server = await rawServer((socket, request) => {
    const isIn = headerOf(request, 'cookie') === 'seen=1';
    if (isIn && pathOf(request) === '/gate') socket.write(response(200, [], 'in'));
    else socket.write(response(302, ['set-cookie: seen=1', `location: ${pathOf(request)}`]));
  });
  await using session = new Session({ cookies: true, baseUrl: server.url });
  assert.equal((await session.get('/gate')).text(), 'in');
  await assert.rejects(session.get('/forever'), { code: 'SLUICE_HTTP_REDIRECT_LOOP' });
});

test('a redirect to another origin takes neither credentials nor the cookies of the first along, but its own', async () => {
  const transport = new MockTransport(({ origin, path }) => {
    if (path === '/start') return mockReply(302, '', ['location', 'https://other.test/a', 'set-cookie', 'first=1']);
    if (origin === 'https://other.test')
      return mockReply(302, '', ['location', 'http://first.test/end', 'set-cookie', 'other=2; Secure']);
    return mockReply(200);
  });
  await using session = new Session({ cookies: true, transport });
  const sent = (): (string | undefined)[][] =>
    transport.requests.map(({ headers }) =>
      ['authorization', 'cookie'].map((name) => {
        const at = headers.indexOf(name);
        return at < 0 ? undefined : headers[at + 1];
      }),
    );
  await session.get('http://first.test/start', { bearer: 'secret', headers: { cookie: 'mine=0' } });
  assert.deepEqual(sent(), [
    ['Bearer secret', 'mine=0'],
    [undefined, undefined],
    [undefined, 'first=1'],
  ]);
  transport.requests.length = 0;
  await session.get('http://first.test/start', { auth: { user: 'u', password: 'p' } });
  assert.deepEqual(sent(), [
    ['Basic dTpw', 'first=1'],
    [undefined, 'other=2'],
    [undefined, 'first=1'],
  ]);
});

test('a jar can be shared and kept; what a server may not set is not kept', async () => {
  const jar = new CookieJar();
  const transport = new MockTransport(() =>
    mockReply(200, '', [
      'set-cookie',
      'a=1',
      'set-cookie',
      'evil=1; Domain=bank.test',
      'set-cookie',
      'tld=1; Domain=test',
      'set-cookie',
      ';;;',
    ]),
  );
  await using session = new Session({ cookies: jar, transport });
  await session.get('http://shop.test/');
  assert.equal(jar.getCookieStringSync('http://shop.test/'), 'a=1');
  assert.equal(jar.getCookieStringSync('http://bank.test/'), '');
});

test('without the option no cookie is kept', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, ['set-cookie: a=1'])));
  await using session = new Session();
  await session.get(server.url);
  await session.get(server.url);
  assert.equal(headerOf(server.requests[1]!, 'cookie'), undefined);
});
