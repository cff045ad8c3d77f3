import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { HttpError, Session } from '@sluice/http';
import { freePort, missing, PYTHON, type ServerProcess, startServer } from './support/server-process.ts';
import { temporaryFolder } from './support/sluice.ts';

const skip = missing('httpbin under gunicorn', PYTHON, '-c', 'import httpbin, gunicorn');
let server: ServerProcess | undefined;
let baseUrl: string;

before(async () => {
  if (skip !== false) return;
  const port = await freePort();
  const options = ['--bind', `127.0.0.1:${port}`, '--worker-class', 'gthread', '--threads', '16'];
  server = await startServer(port, PYTHON, ['-m', 'gunicorn', ...options, 'httpbin:app']);
  baseUrl = `http://127.0.0.1:${port}`;
});

after(() => server?.child.kill('SIGTERM'));

/** What httpbin tells of a request. */
interface Echo {
  readonly args: Record<string, string>;
  readonly data: string;
  readonly files: Record<string, string>;
  readonly form: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly json: unknown;
}

test('httpbin: each method with each kind of body arrives as it was meant', { skip }, async () => {
  await using session = new Session({ baseUrl });
  const sent = { text: 'Grüße', list: [1, 2] };
  const posted = (await session.post('/post', { json: sent, query: { a: 'b c' } })).requireOk().json<Echo>();
  assert.deepEqual([posted.json, posted.args], [sent, { a: 'b c' }]);
  assert.deepEqual((await session.put('/put', { form: { a: '1 & 2' } })).json<Echo>().form, { a: '1 & 2' });
  assert.equal((await session.request('PATCH', '/patch', { body: 'text' })).json<Echo>().data, 'text');
  assert.equal((await session.request('DELETE', '/delete')).status, 200);
  const parts = { title: 'At the sea', photo: { data: Buffer.from('pixels'), filename: 'a.jpg' } };
  const form = (await session.post('/post', { multipart: parts })).json<Echo>();
  assert.deepEqual([form.form, form.files], [{ title: 'At the sea' }, { photo: 'pixels' }]);
  const head = await session.head('/get');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal((await session.get('/post')).status, 405);
});

test('httpbin: every status is a reply, and is classed', { skip }, async () => {
  await using session = new Session({ baseUrl, redirect: 'manual' });
  const classes = {
    200: 'ok',
    204: 'ok',
    400: 'client',
    404: 'client',
    418: 'client',
    429: 'throttled',
    500: 'server',
  };
  for (const [status, expected] of Object.entries(classes)) {
    const reply = await session.get(`/status/${status}`);
    assert.equal(String(reply.status), status);
    if (expected === 'ok') reply.requireOk();
    else assert.throws(() => reply.requireOk(), { code: 'SLUICE_HTTP_STATUS', class: expected });
  }
});

test('httpbin: redirects, relative and absolute, are followed up to the limit', { skip }, async () => {
  await using session = new Session({ baseUrl });
  for (const path of ['/redirect/3', '/relative-redirect/3', '/absolute-redirect/3']) {
    const reply = await session.get(path);
    assert.deepEqual([reply.status, reply.redirects.length, reply.evidence.requests], [200, 3, 4], path);
    assert.equal(reply.url, `${baseUrl}/get`);
  }
  await assert.rejects(session.get('/redirect/4', { maxRedirects: 3 }), { code: 'SLUICE_HTTP_TOO_MANY_REDIRECTS' });
  const see = await session.post('/redirect-to', { query: { url: '/get', status_code: 303 } });
  assert.deepEqual([see.status, see.evidence.method], [200, 'GET']);
  const same = await session.post('/redirect-to', { query: { url: '/post', status_code: 307 }, json: [1] });
  assert.deepEqual(same.json<Echo>().json, [1]);
});

test('httpbin: cookies are kept, sent and deleted', { skip }, async () => {
  await using session = new Session({ baseUrl, cookies: true });
  const cookies = async (path: string): Promise<unknown> =>
    (await session.get(path)).json<{ cookies: unknown }>().cookies;
  assert.deepEqual(await cookies('/cookies/set/a/1'), { a: '1' });
  assert.deepEqual(await cookies('/cookies/set?b=2'), { a: '1', b: '2' });
  assert.deepEqual(await cookies('/cookies/delete?a='), { b: '2' });
});

test('httpbin: basic and bearer credentials are accepted, wrong ones refused', { skip }, async () => {
  await using session = new Session({ baseUrl });
  const auth = { user: 'ada', password: 'pass word' };
  assert.equal((await session.get('/basic-auth/ada/pass%20word', { auth })).status, 200);
  assert.equal((await session.get('/basic-auth/ada/other', { auth })).status, 401);
  assert.equal((await session.get('/bearer', { bearer: 'token' })).json<{ token: string }>().token, 'token');
});

for (const [path, flag] of [
  ['/gzip', 'gzipped'],
  ['/deflate', 'deflated'],
  ['/brotli', 'brotli'],
] as const) {
  test(`httpbin: ${path} is decoded`, { skip }, async () => {
    await using session = new Session({ baseUrl });
    const reply = await session.get(path);
    assert.notEqual(reply.headers.get('content-encoding'), undefined);
    assert.equal(reply.json<Record<string, unknown>>()[flag], true);
  });
}

test('httpbin: bodies of known length, in chunks, dripped and by range are whole', { skip }, async () => {
  await using session = new Session({ baseUrl });
  assert.equal((await session.get('/bytes/102400?seed=1')).body.length, 102_400);
  const chunked = await session.get('/stream-bytes/102400?seed=1&chunk_size=777');
  assert.deepEqual([chunked.headers.get('content-length'), chunked.body.length], [undefined, 102_400]);
  assert.equal((await session.get('/stream/20')).text().trimEnd().split('\n').length, 20);
  assert.equal((await session.get('/drip?duration=0.3&numbytes=30')).text(), '*'.repeat(30));
  const alphabet = 'abcdefghijklmnopqrstuvwxyz';
  const range = await session.get('/range/100', { headers: { range: 'bytes=26-51' } });
  assert.deepEqual([range.status, range.text()], [206, alphabet]);
  assert.equal((await session.get('/range/100', { headers: { range: 'bytes=200-' } })).status, 416);
  await using folder = await temporaryFolder();
  const file = await session.download('/range/26', folder.file('letters'));
  assert.deepEqual([file.bytes, await readFile(file.path, 'utf8')], [26, alphabet]);
});

test('httpbin: what has not changed is not sent again', { skip }, async () => {
  await using session = new Session({ baseUrl });
  const again = await session.get('/etag/one', { ifNoneMatch: '"one"' });
  assert.deepEqual([again.status, again.isNotModified], [304, true]);
  assert.equal((await session.get('/cache', { ifModifiedSince: new Date() })).isNotModified, true);
});

test('httpbin: a delay beyond a deadline is a timeout, and the connection is closed', { skip }, async () => {
  await using session = new Session({ baseUrl });
  assert.equal((await session.get('/delay/0.2')).status, 200);
  const failed = async (path: string): Promise<unknown> => {
    const error = await session.get(path, { timeouts: { headers: '150ms', idle: '150ms' } }).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof HttpError, String(error));
    return [error.class, error.code, error.phase];
  };
  assert.deepEqual(await failed('/delay/2'), ['timeout', 'SLUICE_HTTP_HEADERS_TIMEOUT', 'wait']);
  assert.deepEqual(await failed('/drip?duration=4&numbytes=4'), ['timeout', 'SLUICE_HTTP_IDLE_TIMEOUT', 'body']);
  assert.deepEqual([session.stats().inFlight, session.stats().open], [0, 0]);
});

test('httpbin: two hundred requests at once over eight connections', { skip }, async () => {
  await using session = new Session({ baseUrl, maxConnectionsPerOrigin: 8 });
  const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => session.get('/get', { query: { n } })));
  assert.deepEqual(
    replies.map((reply) => Number(reply.requireOk().json<Echo>().args.n)),
    Array.from({ length: 200 }, (_, n) => n),
  );
  assert.ok(session.stats().open <= 8);
});
