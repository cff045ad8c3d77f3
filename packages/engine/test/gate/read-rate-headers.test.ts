import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AnnouncedLimit, readRateHeaders } from '../../src/gate/read-rate-headers.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

function read(headers: Readonly<Record<string, string>>): readonly AnnouncedLimit[] {
  return readRateHeaders((name) => headers[name], NOW);
}

test("the IETF draft's RateLimit is read together with its policy", () => {
  assert.deepEqual(
    read({ ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"burst";q=100;w=60,"default";q=1000;w=3600' }),
    [
      {
        name: 'default',
        unit: 'requests',
        limit: 1000,
        windowMs: 3_600_000,
        remaining: 50,
        resetMs: 30_000,
        kind: 'window',
      },
    ],
  );
});

test('each limit of the draft stands for itself, in the unit that its policy names', () => {
  const limits = read({
    ratelimit: '"a";r=5;t=3, "b";r=700;t=9',
    'ratelimit-policy': '"a";q=10;w=10,"b";q=900;qu="tokens";w=60',
  });
  assert.deepEqual(
    limits.map(({ name, unit, remaining }) => [name, unit, remaining]),
    [
      ['a', 'requests', 5],
      ['b', 'tokens', 700],
    ],
  );
});

test('a limit of the draft without a reset is full again after its window; without either it is left out', () => {
  assert.equal(read({ ratelimit: '"a";r=5', 'ratelimit-policy': '"a";q=10;w=60' })[0]?.resetMs, 60_000);
  assert.deepEqual(read({ ratelimit: '"a";r=5' }), []);
});

test('a limit in bytes, or with a remainder below zero, is none of ours', () => {
  assert.deepEqual(read({ ratelimit: '"a";r=5;t=1', 'ratelimit-policy': '"a";q=10;w=10;qu="content-bytes"' }), []);
  assert.deepEqual(read({ ratelimit: '"a";r=-5;t=1' }), []);
});

test("the draft's third version says it in three fields, with policies behind the number", () => {
  assert.deepEqual(read({ 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '7', 'ratelimit-reset': '12' }), [
    {
      name: 'ratelimit-remaining',
      unit: 'requests',
      limit: 100,
      windowMs: undefined,
      remaining: 7,
      resetMs: 12_000,
      kind: 'window',
    },
  ]);
});

test("OpenAI's limits fill all the time, for requests and for tokens, with durations like 6m0s", () => {
  const limits = read({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '59',
    'x-ratelimit-reset-requests': '1s',
    'x-ratelimit-limit-tokens': '150000',
    'x-ratelimit-remaining-tokens': '149984',
    'x-ratelimit-reset-tokens': '6m0s',
  });
  assert.deepEqual(
    limits.map(({ unit, limit, remaining, resetMs, kind }) => [unit, limit, remaining, resetMs, kind]),
    [
      ['requests', 60, 59, 1000, 'refill'],
      ['tokens', 150_000, 149_984, 360_000, 'refill'],
    ],
  );
  for (const [written, ms] of [
    ['20ms', 20],
    ['1m30.5s', 90_500],
    ['1h2m3s', 3_723_000],
    ['1d', 86_400_000],
  ] as const) {
    const [limit] = read({ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': written });
    assert.equal(limit?.resetMs, ms, written);
  }
});

test("Anthropic's limits are reset at a time of RFC 3339", () => {
  const limits = read({
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:42Z',
    'anthropic-ratelimit-tokens-limit': '40000',
    'anthropic-ratelimit-tokens-remaining': '39000',
    'anthropic-ratelimit-tokens-reset': '2026-03-01T11:59:00Z',
  });
  assert.deepEqual(
    limits.map(({ unit, resetMs }) => [unit, resetMs]),
    [
      ['requests', 42_000],
      ['tokens', 0],
    ],
  );
});

test("GitHub's window ends at a second since 1970", () => {
  const reset = String(NOW / 1000 + 1800);
  assert.deepEqual(read({ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4321', 'x-ratelimit-reset': reset }), [
    {
      name: 'x-ratelimit-remaining',
      unit: 'requests',
      limit: 5000,
      windowMs: undefined,
      remaining: 4321,
      resetMs: 1_800_000,
      kind: 'window',
    },
  ]);
});

test('what cannot be read bounds nothing', () => {
  for (const reset of ['soon', '', '-5', '1e3', 'NaN', '2026-99-99T00:00:00Z'])
    assert.deepEqual(read({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': reset }), [], reset);
  for (const remaining of ['', 'many', '-1', '1.5'])
    assert.deepEqual(read({ 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': '5' }), [], remaining);
  assert.deepEqual(read({}), []);
});

test('whatever a server sends, every number that comes out is one that can be waited for', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'0123456789.,;=-:TZmshd"rt ') });
  const names = ['ratelimit', 'ratelimit-policy', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), noise), (headers) => {
      for (const { remaining, resetMs, limit } of read(headers)) {
        assert.ok(remaining >= 0 && Number.isFinite(remaining));
        assert.ok(resetMs >= 0 && Number.isFinite(resetMs));
        assert.ok(limit === undefined || limit >= 0);
      }
    }),
    { numRuns: 2000 },
  );
});
