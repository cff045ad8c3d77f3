import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { rawGet, request } from '../support/request.ts';
import { withLab } from '../support/with-lab.ts';

const context = withLab();
const get = (path: string, headers: Record<string, string> = {}) => request(context.lab.url + path, { headers });

test('/status answers with the status and what belongs to it', async () => {
  assert.equal((await get('/status/418')).status, 418);
  assert.equal((await get('/status/999')).status, 999);
  assert.equal((await get('/status/204')).headers['content-length'], undefined);
  assert.equal((await get('/status/302')).headers.location, '/redirect/1');
  assert.match((await get('/status/401')).headers['www-authenticate'] ?? '', /^Basic/);
  assert.equal((await get('/status/100')).status, 400);
  assert.equal((await get('/status/ok')).status, 400);
});

test('/status chooses by URL, about as the weights say', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => (await get(`/status/200:3,500:1?n=${index}`)).status),
  );
  const failed = statuses.filter((status) => status === 500).length;
  assert.equal(failed + statuses.filter((status) => status === 200).length, 200);
  assert.ok(failed > 25 && failed < 75, `${failed} of 200`);
  assert.equal((await get('/status/200:3,500:1?n=0')).status, statuses[0]);
  assert.equal((await get('/status/200:0,500:1')).status, 500);
});

test('/delay waits that long, echoes, and takes at most 60 seconds', async () => {
  const startedAt = performance.now();
  const { json } = await get('/delay/0.2?a=b');
  assert.ok(performance.now() - startedAt > 195);
  assert.deepEqual(json.args, { a: 'b' });
  assert.equal((await get('/delay/61')).status, 400);
  assert.equal((await get('/delay/-1')).status, 400);
  const posted = await request(`${context.lab.url}/delay/0`, { method: 'POST', body: 'x' });
  assert.equal(posted.json.data, 'x');
});

test('/drip sends all its bytes, over its duration, with its code', async () => {
  const startedAt = performance.now();
  const reply = await get('/drip?duration=0.2&numbytes=7&delay=0.1&code=206');
  assert.ok(performance.now() - startedAt > 290);
  assert.deepEqual([reply.status, reply.headers['content-length'], reply.text], [206, '7', '*******']);
  assert.equal((await get('/drip?duration=0&numbytes=100000')).text.length, 100_000);
  assert.equal((await get('/drip?duration=x')).status, 400);
});

test('/bytes and /stream-bytes have the same bytes, one with a length, one chunked', async () => {
  for (const size of [0, 1, 65_536, 300_001]) {
    const whole = await get(`/bytes/${size}?seed=5`);
    const streamed = await get(`/stream-bytes/${size}?seed=5`);
    assert.equal(whole.headers['content-length'], String(size));
    assert.equal(streamed.headers['transfer-encoding'], 'chunked');
    assert.equal(whole.body.length, size);
    assert.ok(whole.body.equals(streamed.body));
  }
  assert.equal((await get('/bytes/1.5')).status, 400);
  assert.equal((await get('/bytes/5?seed=x')).status, 400);
});

test('/stream sends one JSON document a line', async () => {
  const lines = (await get('/stream/3?a=b')).text.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    [0, 1, 2],
  );
});

test('/gzip, /deflate, /brotli and /zstd decode to JSON', async () => {
  const codings = [
    ['/gzip', 'gzip', promisify(gunzip), 'gzipped'],
    ['/deflate', 'deflate', promisify(inflate), 'deflated'],
    ['/brotli', 'br', promisify(brotliDecompress), 'brotli'],
    ['/zstd', 'zstd', promisify(zstdDecompress), 'zstd'],
  ] as const;
  for (const [path, coding, decode, flag] of codings) {
    const { headers, body } = await get(path);
    assert.equal(headers['content-encoding'], coding);
    assert.equal(JSON.parse((await decode(body)).toString())[flag], true);
  }
});

test('redirects count down to /get and keep the query', async () => {
  const { lab } = context;
  const locationOf = async (path: string) => (await get(path)).headers.location;
  assert.equal(await locationOf('/redirect/2?a=b'), '/redirect/1?a=b');
  assert.equal(await locationOf('/redirect/1'), '/get');
  assert.equal(await locationOf('/relative-redirect/2'), '../relative-redirect/1');
  assert.equal(await locationOf('/relative-redirect/1'), '../get');
  assert.equal(await locationOf('/absolute-redirect/2'), `${lab.url}/absolute-redirect/1`);
  assert.equal(await locationOf('/redirect-loop'), '/redirect-loop');
  assert.equal((await get('/redirect/0')).status, 400);
});

test('/redirect-to goes where it is told and cannot inject a header', async () => {
  const reply = await get('/redirect-to?url=https%3A%2F%2Fa.test%2F%3Fx%3Dé&status_code=307');
  assert.deepEqual([reply.status, reply.headers.location], [307, 'https://a.test/?x=%C3%A9']);
  const injected = await get('/redirect-to?url=%2Fa%0d%0aX-Evil%3A1');
  assert.deepEqual([injected.headers.location, injected.headers['x-evil']], ['/a%0D%0AX-Evil:1', undefined]);
  assert.equal((await get('/redirect-to')).status, 400);
});

test('/basic-auth and /bearer want credentials', async () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  assert.equal((await get('/basic-auth/ada/s%3Act')).status, 401);
  assert.equal((await get('/basic-auth/ada/s%3Act', basic('ada:wrong'))).status, 401);
  const right = await get('/basic-auth/ada/s%3Act', basic('ada:s:ct'));
  assert.deepEqual(right.json, { authenticated: true, user: 'ada' });
  assert.equal((await get('/bearer')).headers['www-authenticate'], 'Bearer');
  assert.equal((await get('/bearer', { authorization: 'Bearer t0' })).json.token, 't0');
});

test('cookies are set and shown', async () => {
  const { status, headers } = await get('/cookies/set?a=1&b=x%20y');
  assert.deepEqual([status, headers.location], [302, '/cookies']);
  assert.deepEqual(headers['set-cookie'], ['a=1; Path=/', 'b=x%20y; Path=/']);
  assert.deepEqual((await get('/cookies', { cookie: 'a=1; b=x=y' })).json, { cookies: { a: '1', b: 'x=y' } });
});

test('the documents have their types', async () => {
  assert.equal((await get('/json')).json.slideshow.author, 'The lab');
  assert.match((await get('/html')).text, /<h1>/);
  assert.equal((await get('/xml')).headers['content-type'], 'application/xml');
  assert.match((await get('/encoding/utf8')).text, /水閘|水闸/);
  assert.match((await get('/robots.txt')).text, /^User-agent: \*\nDisallow: \/endless/);
  assert.equal((await get('/base64/c2x1aWNl')).text, 'sluice');
  assert.equal((await get('/base64/!')).status, 400);
});

test('/links is a site whose pages all link to each other', async () => {
  const { text } = await get('/links/4/1');
  assert.deepEqual(
    [...text.matchAll(/href="([^"]+)"/g)].map(([, href]) => href),
    ['/links/4/0', '/links/4/2', '/links/4/3'],
  );
  assert.equal((await get('/links/4/4')).status, 400);
});

test('/uuid is a version 4 UUID, another one each time', async () => {
  const one = (await get('/uuid')).json.uuid;
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual((await get('/uuid')).json.uuid, one);
});

test('/cache and /etag answer conditional requests', async () => {
  const first = await get('/cache');
  assert.equal(first.status, 200);
  const again = await get('/cache', { 'if-none-match': first.headers.etag ?? '' });
  assert.deepEqual([again.status, again.body.length, again.headers.etag], [304, 0, first.headers.etag]);
  assert.equal((await get('/cache', { 'if-modified-since': first.headers['last-modified'] ?? '' })).status, 304);
  assert.equal((await get('/etag/v1')).headers.etag, '"v1"');
  assert.equal((await get('/etag/v1', { 'if-none-match': '"v0", W/"v1"' })).status, 304);
  assert.equal((await get('/etag/v1', { 'if-none-match': '"v0"' })).status, 200);
  assert.equal((await get('/etag/v1', { 'if-match': '"v0"' })).status, 412);
  assert.equal((await get('/etag/v1', { 'if-match': '*' })).status, 200);
});

test('/range serves the part that is asked for', async () => {
  const range = async (value: string) => {
    const { status, headers, text } = await get('/range/30', { range: value });
    return [status, headers['content-range'], text];
  };
  const all = 'abcdefghijklmnopqrstuvwxyzabcd';
  assert.deepEqual(await range('bytes=0-2'), [206, 'bytes 0-2/30', 'abc']);
  assert.deepEqual(await range('bytes=28-'), [206, 'bytes 28-29/30', 'cd']);
  assert.deepEqual(await range('bytes=28-99'), [206, 'bytes 28-29/30', 'cd']);
  assert.deepEqual(await range('bytes=-1'), [206, 'bytes 29-29/30', 'd']);
  assert.deepEqual(await range('bytes=30-'), [416, 'bytes */30', '']);
  assert.deepEqual(await range('bytes=-0'), [416, 'bytes */30', '']);
  for (const ignored of ['bytes=5-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-']) {
    assert.deepEqual(await range(ignored), [200, undefined, all], ignored);
  }
});

test('keep-alive is announced with 5 seconds', async () => {
  const { received } = await rawGet(context.lab.port, '/status/200', 1);
  assert.match(received, /\r\nKeep-Alive: timeout=5\r\n/);
});
