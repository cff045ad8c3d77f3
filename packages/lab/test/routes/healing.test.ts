import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from '../support/request.ts';
import { withLab } from '../support/with-lab.ts';

const context = withLab();
const get = (path: string) => request(context.lab.url + path);
const statusesOf = async (path: string, times: number): Promise<number[]> => {
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) statuses.push((await get(path)).status);
  return statuses;
};

test('/fail-times fails that often for each path and query, then heals', async () => {
  assert.deepEqual(await statusesOf('/fail-times/2', 4), [503, 503, 200, 200]);
  assert.deepEqual(await statusesOf('/fail-times/2?other', 3), [503, 503, 200]);
  assert.deepEqual(await statusesOf('/fail-times/0', 1), [200]);
});

test('DELETE /hits makes what healed fail again', async () => {
  assert.deepEqual(await statusesOf('/fail-times/1?again', 2), [503, 200]);
  await request(`${context.lab.url}/hits`, { method: 'DELETE' });
  assert.deepEqual(await statusesOf('/fail-times/1?again', 2), [503, 200]);
});

test('/flaky fails with about its probability and every URL heals in the end', async () => {
  const urls = Array.from({ length: 100 }, (_, index) => `/flaky/0.5?n=${index}`);
  const rounds = await Promise.all(urls.map((url) => statusesOf(url, 12)));
  const failed = rounds.flat().filter((status) => status === 503).length;
  assert.ok(failed > 480 && failed < 720, `${failed} of 1200`);
  assert.ok(rounds.every((statuses) => statuses.includes(200)));
  assert.deepEqual(await statusesOf('/flaky/0', 3), [200, 200, 200]);
  assert.deepEqual(await statusesOf('/flaky/1', 3), [503, 503, 503]);
  assert.equal((await get('/flaky/2')).status, 400);
});

test('/ratelimit takes n a second for each bucket and says how long to wait', async () => {
  const replies = await Promise.all(Array.from({ length: 12 }, () => get('/ratelimit/1?bucket=a')));
  const limited = replies.filter(({ status }) => status === 429);
  assert.ok(limited.length >= 1, 'twelve at once cannot all fit into one a second');
  assert.ok(limited.every(({ headers }) => headers['retry-after'] === '1'));
  assert.equal((await get('/ratelimit/1?bucket=b')).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 1050));
  assert.equal((await get('/ratelimit/1?bucket=a')).status, 200);
});

test('/retry-after asks to wait once', async () => {
  const first = await get('/retry-after/7');
  assert.deepEqual([first.status, first.headers['retry-after']], [429, '7']);
  assert.equal((await get('/retry-after/7')).status, 200);
});

test('of 1,000 items about nine in ten end well, and each kind is among them', async () => {
  const { lab } = context;
  const finals = new Map<string, number>();
  const queue = Array.from({ length: 1000 }, (_, index) => index).values();
  const work = async (): Promise<void> => {
    for (const id of queue) {
      let outcome = '';
      for (let attempt = 0; attempt < 4; attempt += 1) {
        outcome = await request(`${lab.url}/item/${id}`).then(
          ({ status, headers }) => `${status}${headers['content-encoding'] ?? ''}`,
          (error: NodeJS.ErrnoException) => String(error.code),
        );
        if (!/^(429|5|E)/.test(outcome)) break;
        seen.add(outcome);
      }
      seen.add(outcome);
      finals.set(outcome, (finals.get(outcome) ?? 0) + 1);
    }
  };
  const seen = new Set<string>();
  await Promise.all(Array.from({ length: 64 }, work));
  assert.deepEqual([...seen].sort(), ['200', '200br', '200gzip', '302', '404', '429', '500', '503', 'ECONNRESET']);
  const bad = (finals.get('404') ?? 0) + (finals.get('500') ?? 0);
  assert.ok(bad > 50 && bad < 130, `${bad} of 1000 ended badly`);
  assert.deepEqual(
    [...finals.keys()].filter((outcome) => /^(429|503|E)/.test(outcome)),
    [],
  );
});
