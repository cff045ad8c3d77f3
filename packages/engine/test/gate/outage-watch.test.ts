import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GateScheduler } from '../../src/gate/gate-scheduler.ts';
import { OutageWatch } from '../../src/gate/outage-watch.ts';

/** So many failures of three hosts at `nowMs`. */
function fail(watch: OutageWatch, times: number, nowMs: number): void {
  for (let index = 0; index < times; index++) watch.unanswered(`host-${index % 3}`, nowMs, false, false);
}

test('so many in a row without an answer, from several hosts, are an outage, and the first answer ends it', () => {
  const watch = new OutageWatch();
  watch.answered();
  fail(watch, 19, 0);
  assert.equal(watch.isOpen, false);
  watch.answered();
  fail(watch, 20, 5);
  assert.deepEqual([watch.isOpen, watch.openedAt, watch.readyAt(5)], [true, 5, 1005]);
  assert.equal(watch.begin(), true);
  assert.equal(watch.readyAt(1005), Number.POSITIVE_INFINITY);
  assert.equal(watch.answered(), true);
  assert.equal(watch.isOpen, false);
});

test('where nothing has answered yet, or one host alone fails, there is no outage', () => {
  const unheard = new OutageWatch();
  fail(unheard, 100, 0);
  assert.equal(unheard.isOpen, false);
  const alone = new OutageWatch();
  alone.answered();
  for (let index = 0; index < 100; index++) alone.unanswered('one', 0, false, true);
  assert.equal(alone.isOpen, false);
});

test('an outage whose probes find only hosts that never answered is taken back, and none is seen before an answer', () => {
  const watch = new OutageWatch();
  watch.answered();
  fail(watch, 20, 0);
  let now = 0;
  let probes = 0;
  while (watch.isOpen) {
    now = watch.readyAt(now);
    assert.ok(watch.begin());
    watch.unanswered('host-1', now, true, false);
    probes++;
  }
  assert.ok(now >= 70_000 && now <= 80_000, `${now} ms`);
  assert.ok(probes >= 3, `${probes} probes`);
  fail(watch, 100, now);
  assert.equal(watch.isOpen, false);
  watch.answered();
  fail(watch, 20, now);
  assert.equal(watch.isOpen, true);
});

test('an outage goes on for as long as hosts that have answered before do not', () => {
  const watch = new OutageWatch();
  watch.answered();
  fail(watch, 20, 0);
  for (let now = 0; now < 600_000; now = watch.readyAt(now)) {
    assert.ok(watch.begin());
    watch.unanswered('host-1', now, true, true);
  }
  assert.equal(watch.isOpen, true);
});

test('a list of which only dead hosts are left comes to its end', () => {
  let now = 0;
  const scheduler = new GateScheduler<string>({ slots: 50, now: () => now });
  for (let index = 0; index < 100; index++) scheduler.push(`alive-${index}`, 'alive');
  for (let index = 0; index < 40; index++) scheduler.push(`dead-${index}`, 'dead');
  const counts = { alive: 0, freeOfCharge: 0, charged: 0 };
  const underWay: { begun: ReturnType<typeof scheduler.take> & object; endsAt: number }[] = [];
  while (scheduler.size + underWay.length > 0) {
    for (let begun = scheduler.take(); begun !== undefined; begun = scheduler.take())
      underWay.push({ begun, endsAt: now + (begun.item === 'alive' ? 20 : 10_000) });
    now = Math.min(scheduler.opensAt(), ...underWay.map(({ endsAt }) => endsAt));
    assert.ok(now < 600_000, 'it hangs');
    for (const one of underWay.filter(({ endsAt }) => endsAt <= now)) {
      underWay.splice(underWay.indexOf(one), 1);
      const { item, host } = one.begun;
      scheduler.end(one.begun, { class: item === 'alive' ? 'ok' : 'timeout' });
      if (item === 'alive') counts.alive++;
      else if (scheduler.isOutage) {
        counts.freeOfCharge++;
        scheduler.push(host, item, { isRetry: true });
      } else counts.charged++;
    }
  }
  assert.equal(counts.alive, 100);
  assert.equal(counts.charged, 40);
  assert.ok(counts.freeOfCharge < 40, `${counts.freeOfCharge} attempts were taken for an outage’s`);
});

test('when everything answers again, hosts that were left alone for the outage are asked at once', () => {
  let now = 0;
  const hosts = ['a', 'b', 'c'];
  const scheduler = new GateScheduler<string>({ slots: 60, now: () => now, gateOf: () => ({ concurrency: 20 }) });
  const begin = (): (ReturnType<typeof scheduler.take> & object)[] => {
    const begun = [];
    for (let one = scheduler.take(); one !== undefined; one = scheduler.take()) begun.push(one);
    return begun;
  };
  const fill = (): void => {
    for (const host of hosts) for (let index = 0; index < 20; index++) scheduler.push(host, 'item');
  };
  fill();
  for (const one of begin()) scheduler.end(one, { class: 'ok' });
  fill();
  // Each host's breaker opens at ten failures in a row, for half a minute.
  for (const one of begin()) scheduler.end(one, { class: 'connect', hasAnswer: false });
  assert.equal(scheduler.isOutage, true);
  fill();
  now = scheduler.opensAt();
  assert.equal(now, 1000);
  const seen = new Set<string>();
  for (let begun = begin(); begun.length > 0; begun = begin()) {
    for (const one of begun) {
      seen.add(one.host);
      scheduler.end(one, { class: 'ok' });
    }
  }
  assert.deepEqual([scheduler.isOutage, seen, scheduler.size], [false, new Set(hosts), 0]);
});
