import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { defineJob, from } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { createService } from '../../src/index.ts';
import { checkOptions } from '../../src/server/service-options.ts';
import { begin, send, untilState } from '../support/client.ts';
import { startService } from '../support/with-service.ts';

const RUNS = '/api/v1/runs';
const TOKEN = 'correct-horse-battery';
const SUBMISSION = { verb: 'fetch', urls: ['http://127.0.0.1:9/'], retries: 0 };

test('a name that was made to point here is refused (DNS rebinding), this machine and allowed names are served', async () => {
  await using service = await startService({ allowedHosts: ['sluice.example'] });
  const port = new URL(service.url).port;
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '192.168.0.1',
    'a@127.0.0.1',
  ]) {
    for (const path of [RUNS, '/', '/healthz', '/openapi.json', '/nothing']) {
      const answer = await send(service.url, 'GET', path, { headers: { host } });
      assert.deepEqual([answer.status, answer.json.code], [421, 'SLUICE_SERVICE_HOST'], `${host} ${path}`);
    }
  }
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    'LOCALHOST',
    `[::1]:${port}`,
    'sluice.example',
    'Sluice.Example:443',
  ]) {
    assert.equal((await send(service.url, 'GET', RUNS, { headers: { host } })).status, 200, host);
  }
});

test('pages of other sites can neither change anything nor listen', async () => {
  await using service = await startService();
  const { host } = new URL(service.url);
  const foreign: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { origin: `http://${host}.evil.example` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  const asked: [string, string][] = [
    ['POST', RUNS],
    ['POST', '/api/v1/lists'],
    ['DELETE', `${RUNS}/x`],
    ['POST', '/login'],
    ['GET', '/api/v1/events'],
    ['GET', `${RUNS}/x/events`],
  ];
  for (const headers of foreign) {
    for (const [method, path] of asked) {
      const answer = await send(service.url, method, path, { headers });
      assert.deepEqual(
        [answer.status, answer.json.code],
        [403, 'SLUICE_SERVICE_ORIGIN'],
        `${JSON.stringify(headers)} ${path}`,
      );
    }
  }
  const own = { origin: service.url, 'sec-fetch-site': 'same-origin' };
  const answer = await send(service.url, 'POST', RUNS, { json: SUBMISSION, headers: own });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
  assert.equal((await send(service.url, 'OPTIONS', RUNS, { headers: foreign[0]! })).status, 403);
});

test('with a token everything that tells of runs needs it, and only the right one opens', async () => {
  await using service = await startService({ token: TOKEN });
  const paths = [RUNS, `${RUNS}/x`, `${RUNS}/x/outcomes`, `${RUNS}/x/events`, '/api/v1/events', '/nothing'];
  const wrong: Record<string, string>[] = [
    {},
    { authorization: `Bearer ${TOKEN}x` },
    { authorization: `Bearer ${TOKEN.slice(0, -1)}` },
    { authorization: `Basic ${TOKEN}` },
    { authorization: TOKEN },
    { authorization: 'Bearer' },
    { cookie: `sluice-session=${TOKEN}` },
    { cookie: `sluice-session=${Date.now() + 1e6}.AAAA` },
    { cookie: 'sluice-session=' },
  ];
  for (const headers of wrong) {
    for (const path of paths) {
      const answer = await send(service.url, 'GET', path, { headers });
      assert.deepEqual(
        [answer.status, answer.json.code],
        [401, 'SLUICE_SERVICE_UNAUTHORIZED'],
        `${JSON.stringify(headers)} ${path}`,
      );
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
    }
  }
  const headers = { authorization: `Bearer ${TOKEN}` };
  assert.equal((await send(service.url, 'GET', RUNS, { headers })).status, 200);
  for (const path of ['/', '/healthz', '/readyz', '/openapi.json']) {
    assert.equal((await send(service.url, 'GET', path)).status, 200, path);
  }
});

test('signing in gives a cookie that no script can read and that other sites cannot send, and signing out takes it back', async () => {
  await using service = await startService({ token: TOKEN });
  const refused = await send(service.url, 'POST', '/login', { json: { token: 'wrong' } });
  assert.deepEqual([refused.status, refused.headers['set-cookie']], [401, undefined]);
  const signedIn = await send(service.url, 'POST', '/login', { json: { token: TOKEN } });
  assert.equal(signedIn.status, 204);
  const [set] = signedIn.headers['set-cookie']!;
  assert.match(set!, /HttpOnly; SameSite=Strict; Path=\//);
  assert.ok(!set!.includes(TOKEN));
  const cookie = set!.split(';')[0]!;
  assert.equal((await send(service.url, 'GET', RUNS, { headers: { cookie: `a=b; ${cookie}` } })).status, 200);
  const later = cookie.replace(/=(\d+)/, (_match, until: string) => `=${Number(until) + 1}`);
  assert.equal((await send(service.url, 'GET', RUNS, { headers: { cookie: later } })).status, 401);
  const out = await send(service.url, 'POST', '/logout', { headers: { cookie } });
  assert.match(out.headers['set-cookie']![0]!, /^sluice-session=; .*Max-Age=0/);
  await using other = await startService({ token: TOKEN });
  assert.equal((await send(other.url, 'GET', RUNS, { headers: { cookie } })).status, 401, 'a cookie is of one process');
});

test('every answer forbids scripts from elsewhere, framing and guessing of types', async () => {
  await using service = await startService();
  for (const path of ['/', RUNS, '/nothing', `${RUNS}/x`, '/openapi.json']) {
    const { headers } = await send(service.url, 'GET', path);
    const policy = headers['content-security-policy'] as string;
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
  }
  const stream = await begin(service.url, { path: '/api/v1/events' });
  assert.match(stream.headers['content-security-policy'] as string, /default-src 'none'/);
  stream.destroy();
});

test('no path in a request leads out of the folder', async () => {
  await using service = await startService();
  const tricks = [
    '..',
    '%2e%2e',
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5cx',
    '%00',
    'a%00b',
    '.',
    'lists',
    '%2fetc%2fpasswd',
    '....//',
    '%c0%af',
    'x'.repeat(400),
  ];
  for (const id of tricks) {
    for (const path of [`${RUNS}/${id}`, `${RUNS}/${id}/outcomes`, `${RUNS}/${id}/failures`]) {
      const answer = await send(service.url, 'GET', path);
      assert.ok(answer.status === 404 || answer.status === 400 || answer.status === 414, `${path}: ${answer.status}`);
    }
    assert.notEqual((await send(service.url, 'DELETE', `${RUNS}/${id}`)).status, 204);
  }
  assert.equal((await send(service.url, 'GET', '/assets/../../package.json')).status, 404);
});

test('a service that others can reach is refused without a token', async () => {
  const refused: [Parameters<typeof createService>[0], RegExp][] = [
    [{ host: '0.0.0.0' }, /set a token/],
    [{ host: '::' }, /set a token/],
    [{ host: '192.168.1.2' }, /set a token/],
    [{ token: 'short' }, /at least 16 characters/],
    [{ token: 'with blanks in the token' }, /no white space/],
    [{ port: 70_000 }, /port/],
    [{ maxRuns: 0 }, /maxRuns/],
    [{ allowedHosts: ['http://a.test/'] }, /no host name/],
  ];
  for (const [options, message] of refused) {
    await assert.rejects(createService(options), (error) => error instanceof UsageError && message.test(error.message));
  }
});

test('fetches that others submit may call private addresses only by the word of the operator', () => {
  const allows = (options: Parameters<typeof checkOptions>[0]): boolean => checkOptions(options).allowPrivate;
  assert.equal(allows({}), true);
  assert.equal(allows({ host: '::1', allowPrivate: false }), false);
  assert.equal(allows({ host: '0.0.0.0', token: TOKEN }), false);
  assert.equal(allows({ host: '192.168.1.2', token: TOKEN }), false);
  assert.equal(allows({ host: '0.0.0.0', token: TOKEN, allowPrivate: true }), true);
});

test('a private address in a submitted list fails with class policy, by number and by name, and nothing is sent', async () => {
  await using lab = await startLab();
  await using service = await startService({ allowPrivate: false });
  const { port } = new URL(lab.url);
  const urls = [`${lab.url}/html`, `http://localhost:${port}/html`, `http://[::ffff:127.0.0.1]:${port}/html`];
  const list = await send(service.url, 'POST', '/api/v1/lists', {
    body: urls.join('\n'),
    headers: { 'content-type': 'text/plain' },
  });
  for (const work of [{ urls }, { list: list.json.id }]) {
    const { json } = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', ...work } });
    const run = await untilState(service.url, json.id, 'complete');
    assert.deepEqual(run.progress.byClass, { policy: 3 });
    const { json: read } = await send(service.url, 'GET', `${RUNS}/${run.id}/failures`);
    assert.ok(read.clusters.every(({ code }: { code: string }) => code === 'SLUICE_HTTP_ADDRESS_REFUSED'));
  }
  assert.equal(lab.hits.total, 0);
});

test('a registered job is the operator’s own, and calls what it is written to call', async () => {
  await using lab = await startLab();
  const own = defineJob({ source: from.iterable([`${lab.url}/html`]), step: (url, { http }) => http.get(url) });
  await using service = await startService({ allowPrivate: false, jobs: { own } });
  const { json } = await send(service.url, 'POST', RUNS, { json: { job: 'own' } });
  const run = await untilState(service.url, json.id, 'complete');
  assert.deepEqual(run.progress.byClass, { ok: 1 });
});

test('a port that is taken is said to be', async () => {
  await using service = await startService();
  const port = Number(new URL(service.url).port);
  await assert.rejects(createService({ port, folder: service.folder }), /port \d+ of 127\.0\.0\.1 is taken/);
});

test('what fails inside is not described to clients', async () => {
  await using service = await startService();
  const { rm } = await import('node:fs/promises');
  await rm(service.folder, { recursive: true });
  const answer = await send(service.url, 'GET', RUNS);
  assert.deepEqual([answer.status, answer.json.code], [500, 'SLUICE_SERVICE_INTERNAL']);
  assert.ok(!answer.text.includes(service.folder));
});
