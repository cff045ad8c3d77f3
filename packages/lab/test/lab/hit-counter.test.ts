import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HitCounter } from '../../src/index.ts';
import { rawGet, request } from '../support/request.ts';
import { withLab } from '../support/with-lab.ts';

const context = withLab();

test('a counter knows total, each path with its query, and the highest', () => {
  const hits = new HitCounter();
  assert.deepEqual([hits.total, hits.max(), hits.get('/a')], [0, 0, 0]);
  assert.equal(hits.countRequest('/a'), 1);
  assert.equal(hits.countRequest('/a'), 2);
  hits.countRequest('/a?x');
  hits.countStatus(200);
  assert.deepEqual([hits.total, hits.max(), hits.get('/a'), hits.get('/a?x')], [3, 2, 2, 1]);
  assert.deepEqual(hits.toJSON(), { total: 3, byStatus: { 200: 1 }, paths: { '/a': 2, '/a?x': 1 } });
  hits.reset();
  assert.deepEqual([hits.total, hits.max(), hits.get('/a')], [0, 0, 0]);
});

test('every request counts, also the unanswered, the unknown and the refused; /hits does not', async () => {
  const { lab } = context;
  await request(`${lab.url}/hits`, { method: 'DELETE' });
  await request(`${lab.url}/get?a=1`);
  await request(`${lab.url}/get?a=1`);
  await request(`${lab.url}/nowhere`);
  await request(`${lab.url}/get`, { method: 'POST' });
  await rawGet(lab.port, '/close');
  await rawGet(lab.port, '/short-body');
  await request(`${lab.url}/hits`);
  const { json } = await request(`${lab.url}/hits`);
  assert.deepEqual(json, {
    total: 6,
    byStatus: { 200: 3, 404: 1, 405: 1 },
    paths: { '/get?a=1': 2, '/nowhere': 1, '/get': 1, '/close': 1, '/short-body': 1 },
  });
  assert.equal(lab.hits.total, 6);
});

test('the count of one path and query can be asked for', async () => {
  const { lab } = context;
  await request(`${lab.url}/get?who=me`);
  assert.equal((await request(`${lab.url}/hits?path=${encodeURIComponent('/get?who=me')}`)).json, 1);
  assert.equal((await request(`${lab.url}/hits?path=/never`)).json, 0);
});

test('an absolute-form target counts as its path', async () => {
  const { lab } = context;
  await rawGet(lab.port, 'http://elsewhere.test/get?absolute=1', 1);
  assert.equal(lab.hits.get('/get?absolute=1'), 1);
});

test('the count of 2,000 URLs asked by many connections at once is exact', async () => {
  const { lab } = context;
  lab.hits.reset();
  const paths = Array.from({ length: 2000 }, (_, index) => `/bytes/10?n=${index}`);
  const queue = paths.values();
  const work = async (): Promise<void> => {
    for (const path of queue) await request(lab.url + path);
  };
  await Promise.all(Array.from({ length: 32 }, work));
  assert.deepEqual([lab.hits.total, lab.hits.max()], [2000, 1]);
  assert.ok(paths.every((path) => lab.hits.get(path) === 1));
});
