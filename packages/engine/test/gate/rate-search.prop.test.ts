import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateSearch } from '../../src/gate/rate-search.ts';

test('before the first refusal it bounds nothing', () => {
  const search = new RateSearch();
  for (let now = 0; now < 100; now++) search.began(now);
  assert.equal(search.perSecond, undefined);
  assert.equal(search.readyAt(100), 100);
});

test('whatever a server does, there is a rate, and a time at which the next may go', () => {
  const step = fc.record({
    afterMs: fc.double({ min: 0, max: 5000, noNaN: true }),
    isRefused: fc.boolean(),
    pauseMs: fc.constantFrom(0, 1000, 3_600_000),
    backMs: fc.nat(3000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const search = new RateSearch();
      let now = 0;
      for (const { afterMs, isRefused, pauseMs, backMs } of steps) {
        now += afterMs;
        search.began(now);
        if (isRefused) search.refused(now - backMs, now, pauseMs);
        else search.passed();
        const readyAt = search.readyAt(now);
        assert.ok(readyAt >= now && Number.isFinite(readyAt), String(readyAt));
        assert.ok(search.perSecond === undefined || search.perSecond > 0, String(search.perSecond));
      }
    }),
    { numRuns: 500 },
  );
});

test('refusals of requests that were under way together count once', () => {
  const search = new RateSearch();
  for (let now = 0; now < 1000; now += 10) {
    search.began(now);
    search.passed();
  }
  assert.equal(search.refused(990, 1000, 1000), true);
  const rate = search.perSecond;
  assert.equal(search.refused(995, 1001, 1000), false);
  assert.equal(search.perSecond, rate);
});

test('what was never sent does not count against the rate', () => {
  const search = new RateSearch();
  search.began(0);
  search.passed();
  search.refused(0, 1000, 0);
  const readyAt = search.readyAt(60_000);
  search.began(60_000);
  search.giveBack(60_000);
  assert.equal(search.readyAt(60_000), readyAt);
});

test('a server that refuses single items whatever the rate is has no rate to learn; when it refuses most there is one again', () => {
  const search = new RateSearch();
  let now = 0;
  const ask = (isRefused: boolean): void => {
    now = Math.max(now + 1, search.readyAt(now));
    search.began(now);
    if (isRefused) search.refused(now, now, 1000);
    else search.passed();
  };
  let item = 0;
  while (!search.isDeaf(now)) {
    assert.ok(item < 1000, 'it goes on lowering the rate');
    ask(++item % 60 === 0);
  }
  assert.equal(search.perSecond, undefined);
  for (let count = 0; count < 1000; count++) ask(++item % 60 === 0);
  assert.equal(search.perSecond, undefined, 'nothing is concluded from them');
  for (let count = 0; count < 40 && search.isDeaf(now); count++) ask(true);
  assert.equal(search.isDeaf(now), false);
  ask(true);
  assert.notEqual(search.perSecond, undefined);
});

test('a real limit that falls to a tenth is learned anew, whatever was concluded meanwhile', () => {
  for (const limit of [100, 37, 10]) {
    const search = new RateSearch();
    let now = 0;
    let level = 10;
    let filledAt = 0;
    const run = (perSecond: number, untilMs: number): { readonly share: number; readonly refused: number } => {
      let passed = 0;
      let refused = 0;
      const from = now;
      while (now < untilMs) {
        now = Math.max(now + 1, search.readyAt(now));
        level = Math.min(10, level + ((now - filledAt) * perSecond) / 1000);
        filledAt = now;
        search.began(now);
        if (level >= 1) {
          level--;
          passed++;
          search.passed();
        } else {
          refused++;
          search.refused(now, now, 1000);
          now += 1000;
        }
      }
      return { share: passed / (((now - from) * perSecond) / 1000), refused: refused / (passed + refused) };
    };
    run(limit, 60_000);
    assert.ok(run(limit, 120_000).share > 0.8);
    run(limit / 10, 240_000);
    const { share, refused } = run(limit / 10, 480_000);
    assert.ok(share > 0.8 && refused < 0.05, `${share} of ${limit / 10}, ${refused} refused`);
  }
});
