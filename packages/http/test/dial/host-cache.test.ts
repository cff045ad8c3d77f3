import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostCache } from '../../src/dial/host-cache.ts';
import type { ResolvedAddress } from '../../src/dial/lookup.ts';

function setUp(answer: (host: string) => readonly ResolvedAddress[], options: { maxHosts?: number } = {}) {
  const clock = { nowMs: 0, lookups: 0 };
  const cache = new HostCache(
    async (host) => {
      clock.lookups++;
      return answer(host);
    },
    { ...options, now: () => clock.nowMs },
  );
  return { cache, clock };
}

const V4 = { address: '192.0.2.1', family: 4 } as const;
const V6 = { address: '2001:db8::1', family: 6 } as const;
const failWith = (code: string) => (): never => {
  throw Object.assign(new Error(code), { code });
};

test('many who ask at once share one lookup, and its answer is kept for a while', async () => {
  const { cache, clock } = setUp(() => [V4]);
  await Promise.all([cache.addresses('a.test'), cache.addresses('a.test')]);
  clock.nowMs = 29_999;
  assert.deepEqual(await cache.addresses('a.test'), [V4]);
  assert.equal(clock.lookups, 1);
  clock.nowMs = 30_001;
  await cache.addresses('a.test');
  assert.equal(clock.lookups, 2);
});

test('an answer that says how long it holds is kept as long, an hour at most', async () => {
  const { cache, clock } = setUp((host) => [{ ...V4, ttlMs: host === 'short.test' ? 1000 : 1e9 }]);
  await cache.addresses('short.test');
  await cache.addresses('long.test');
  clock.nowMs = 1001;
  await cache.addresses('short.test');
  await cache.addresses('long.test');
  assert.equal(clock.lookups, 3);
  clock.nowMs = 3_600_001;
  await cache.addresses('long.test');
  assert.equal(clock.lookups, 4);
});

test('a name that does not exist is remembered for minutes', async () => {
  const { cache, clock } = setUp(failWith('ENOTFOUND'));
  await assert.rejects(cache.addresses('gone.test'), { code: 'ENOTFOUND' });
  clock.nowMs = 299_000;
  await assert.rejects(cache.addresses('gone.test'), { code: 'ENOTFOUND' });
  assert.equal(clock.lookups, 1);
  clock.nowMs = 301_000;
  await assert.rejects(cache.addresses('gone.test'), { code: 'ENOTFOUND' });
  assert.equal(clock.lookups, 2);
});

test('a failure that may pass is not remembered', async () => {
  const { cache, clock } = setUp(failWith('EAI_AGAIN'));
  await assert.rejects(cache.addresses('later.test'), { code: 'EAI_AGAIN' });
  await assert.rejects(cache.addresses('later.test'), { code: 'EAI_AGAIN' });
  assert.equal(clock.lookups, 2);
});

test('no address at all is as good as no name', async () => {
  const { cache } = setUp(() => []);
  await assert.rejects(cache.addresses('empty.test'), { code: 'ENODATA' });
});

test('the address that answered last comes first, also after the next lookup', async () => {
  const { cache, clock } = setUp(() => [V6, V4]);
  await cache.addresses('a.test');
  cache.prefer('a.test', V4.address);
  assert.deepEqual(await cache.addresses('a.test'), [V4, V6]);
  clock.nowMs = 40_000;
  assert.deepEqual(await cache.addresses('a.test'), [V4, V6]);
  cache.forget('a.test');
  assert.deepEqual(await cache.addresses('a.test'), [V6, V4]);
});

test('it never grows beyond its bound', async () => {
  const { cache } = setUp(() => [V4], { maxHosts: 3 });
  for (let i = 0; i < 10; i++) await cache.addresses(`${i}.test`);
  assert.equal(cache.size, 3);
});
