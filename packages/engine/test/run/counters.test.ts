import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Counters } from '../../src/run/counters.ts';
import { HostTally } from '../../src/run/host-tally.ts';
import { LatencyHistogram } from '../../src/run/latency-histogram.ts';
import { RateMeter } from '../../src/run/rate-meter.ts';
import { seededRandom } from '../../src/run/seeded-random.ts';

const IDLE = () => ({ waiting: 0, inFlight: 0, gate: null });

test('counters go on from what the ledger held, and count attempts apart from outcomes', () => {
  const counters = new Counters({
    byState: { pending: 4, leased: 0, done: 10, failed: 2, 'in-doubt': 1 },
    byClass: { ok: 10, client: 2, 'in-doubt': 1 },
    duplicates: 3,
  });
  assert.deepEqual([counters.settled, counters.duplicates, counters.waitingForRetry], [13, 3, 4]);
  const figures = { host: 'a', durationMs: 10, requests: 2, bytesIn: 100, bytesOut: 50 };
  counters.addAttempt({ ...figures, class: 'server' });
  counters.addAttempt({ ...figures, class: 'ok' });
  counters.addSettled('done', 'ok');
  counters.addSettled('failed', 'server');
  counters.addSettled('in-doubt', 'in-doubt');
  assert.deepEqual([counters.done, counters.failed, counters.inDoubt, counters.settledHere], [11, 3, 2, 3]);
  assert.deepEqual(counters.byClass, { ok: 11, client: 2, 'in-doubt': 2, server: 1 });
  assert.deepEqual([counters.attempts, counters.requests, counters.bytesIn, counters.bytesOut], [2, 4, 200, 100]);
  assert.deepEqual(counters.hosts.worst(IDLE), [
    { host: 'a', attempts: 2, failures: 1, meanMs: 10, waiting: 0, inFlight: 0, gate: null },
  ]);
  assert.ok(counters.ratePerSecond > 0);
});

test('percentiles are right to a twentieth, and never above the longest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.06, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      (durations) => {
        const histogram = new LatencyHistogram();
        for (const ms of durations) histogram.add(ms);
        const sorted = durations.toSorted((a, b) => a - b);
        const summary = histogram.summary();
        for (const [share, found] of [
          [0.5, summary.p50],
          [0.95, summary.p95],
          [0.99, summary.p99],
        ] as const) {
          const exact = sorted[Math.ceil(sorted.length * share) - 1]!;
          assert.ok(found !== null && found >= exact * 0.999 && found <= exact * 1.051, `${found} for ${exact}`);
        }
        assert.equal(summary.max, sorted.at(-1));
      },
    ),
  );
  assert.deepEqual(new LatencyHistogram().summary(), { p50: null, p95: null, p99: null, max: null });
});

test('the rate is that of the last seconds, also in the first one and after a pause', () => {
  const meter = new RateMeter(5000);
  assert.equal(meter.perSecond(5000), 0);
  for (let at = 5000; at < 25_000; at += 10) meter.add(at);
  assert.ok(Math.abs(meter.perSecond(25_000) - 100) < 2, `${meter.perSecond(25_000)}`);
  assert.ok(meter.perSecond(29_000) < 70, 'it sinks when nothing happens');
  assert.equal(meter.perSecond(60_000), 0);
  for (let at = 60_000; at < 70_000; at += 20) meter.add(at);
  assert.ok(Math.abs(meter.perSecond(70_000) - 50) < 2, `${meter.perSecond(70_000)}`);
  const young = new RateMeter(0);
  for (let at = 0; at < 500; at += 5) young.add(at);
  assert.ok(Math.abs(young.perSecond(500) - 200) < 5, `${young.perSecond(500)}`);
});

test('the hosts that failed most come first, then the slow ones; without a host nothing is counted, and hosts are bounded', () => {
  const tally = new HostTally();
  for (let index = 0; index < 10_000; index++) tally.add(`host ${index}`, false, 1);
  tally.add('host 5', true, 1);
  tally.add('host 7', false, 1000);
  tally.add('', true, 1);
  const worst = tally.worst(IDLE);
  assert.deepEqual(
    worst.slice(0, 2).map(({ host }) => host),
    ['host 5', 'host 7'],
  );
  assert.equal(worst.length, 10);
  tally.add('host 9999', true, 1);
  assert.equal(tally.worst(IDLE)[1]?.host, 'host 7', 'beyond the bound hosts are left out');
});

test('a seed gives the same numbers again, evenly between 0 and 1', () => {
  const numbers = (seed: number) => {
    const next = seededRandom(seed);
    return Array.from({ length: 10_000 }, () => next());
  };
  const first = numbers(42);
  assert.deepEqual(numbers(42), first);
  assert.notDeepEqual(numbers(43).slice(0, 3), first.slice(0, 3));
  assert.ok(first.every((number) => number >= 0 && number < 1));
  const mean = first.reduce((sum, number) => sum + number, 0) / first.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, `${mean}`);
});
