import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConcurrencySearch } from '../../src/gate/concurrency-search.ts';

const event = fc.record({
  afterMs: fc.double({ min: 0, max: 500, noNaN: true }),
  latencyMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
  how: fc.constantFrom('answered', 'answered', 'answered', 'dropped', 'left', 'restart', 'configure'),
  max: fc.integer({ min: 1, max: 300 }),
  inFlight: fc.integer({ min: 1, max: 300 }),
});

test('whatever happens, the limit is a whole number between its bounds', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), (events) => {
      let max = 64;
      let now = 0;
      const search = new ConcurrencySearch({ min: 1, max });
      for (const { afterMs, latencyMs, how, max: nextMax, inFlight } of events) {
        now += afterMs;
        const timed = { startedAt: now - latencyMs, window: search.began(inFlight, now - latencyMs) };
        if (how === 'answered') search.answered(timed, now);
        else if (how === 'dropped') search.dropped(timed, now);
        else if (how === 'left') search.left(timed);
        else if (how === 'restart') search.restart(now);
        else {
          max = nextMax;
          search.configure({ min: 1, max }, now);
        }
        assert.ok(Number.isInteger(search.limit) && search.limit >= 1 && search.limit <= max, String(search.limit));
      }
    }),
    { numRuns: 500 },
  );
});

/** Lets a full limit's worth of requests pass that all take as long. */
function rounds(search: ConcurrencySearch, count: number, from: number, latencyOf: (limit: number) => number): number {
  let now = from;
  for (let round = 0; round < count; round++) {
    const { limit } = search;
    const latencyMs = latencyOf(limit);
    const windows = Array.from({ length: limit }, () => search.began(limit, now));
    for (const window of windows) search.answered({ startedAt: now, window }, now + latencyMs);
    now += latencyMs;
  }
  return now;
}

test('it begins at two and doubles while latency stays', () => {
  const search = new ConcurrencySearch({ min: 1, max: 32 });
  assert.equal(search.limit, 2);
  rounds(search, 12, 0, () => 20);
  assert.equal(search.limit, 32);
});

test('it does not grow where there is no demand for more', () => {
  const search = new ConcurrencySearch({ min: 1, max: 32 });
  for (let now = 0; now < 10_000; now += 20) {
    const window = search.began(1, now);
    search.answered({ startedAt: now, window }, now + 20);
  }
  assert.equal(search.limit, 2);
});

test('a refusal lowers it by a quarter, once for all that were under way together, and that level is left alone for a time', () => {
  const search = new ConcurrencySearch({ min: 1, max: 32 });
  const now = rounds(search, 12, 0, () => 20);
  const window = search.began(32, now);
  for (let index = 0; index < 32; index++) search.dropped({ startedAt: now, window }, now + 20);
  assert.equal(search.limit, 24);
  const later = rounds(search, 50, now + 20, () => 20);
  assert.ok(later < now + 2000);
  assert.ok(search.limit < 29, String(search.limit));
  rounds(search, 400, later, () => 20);
  assert.equal(search.limit, 32, 'after it the level is tried again');
});

test('a server of which latency grows beyond its capacity is found, and kept a little above it', () => {
  const search = new ConcurrencySearch({ min: 1, max: 256 });
  const latencyOf = (limit: number): number => 20 * Math.max(1, limit / 50);
  let now = rounds(search, 100, 0, latencyOf);
  const limits: number[] = [];
  for (let round = 0; round < 200; round++) {
    now = rounds(search, 1, now, latencyOf);
    limits.push(search.limit);
  }
  // Now and then it goes lower for a moment, to see what latency is without a queue.
  assert.ok(Math.max(...limits) <= 70, String(Math.max(...limits)));
  assert.ok(limits.filter((limit) => limit >= 50).length > 165, String(limits));
});

test('a server that becomes slower by itself, at any load, is not starved: the limit comes back', () => {
  const search = new ConcurrencySearch({ min: 1, max: 64 });
  const now = rounds(search, 50, 0, () => 20);
  rounds(search, 400, now, () => 100);
  assert.equal(search.limit, 64);
});
