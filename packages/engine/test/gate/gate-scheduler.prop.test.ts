import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import fc from 'fast-check';
import { type Begun, GateScheduler } from '../../src/gate/gate-scheduler.ts';
import type { HostGateOptions } from '../../src/gate/host-gate.ts';
import type { Priority } from '../../src/gate/host-line.ts';
import type { OutcomeClass } from '../../src/outcome/classes.ts';

interface Item {
  readonly number: number;
  readonly host: string;
  readonly limits: readonly string[];
}

const HOSTS: Readonly<Record<string, HostGateOptions>> = {
  one: { concurrency: 1 },
  three: { concurrency: 3 },
  paced: { concurrency: 5, rate: { limit: 10, perMs: 1000, burst: 2 } },
  found: { maxConcurrency: 6 },
};
const CLASSES: readonly OutcomeClass[] = ['ok', 'client', 'throttled', 'server', 'connect', 'timeout', 'cancelled'];

const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('push' as const),
      host: fc.constantFrom(...Object.keys(HOSTS)),
      priority: fc.constantFrom<Priority>(0, 1, 2),
      isRetry: fc.boolean(),
      limits: fc.subarray(['tenant', 'region']),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('end' as const), at: fc.nat(50), class: fc.constantFrom(...CLASSES) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('back' as const), at: fc.nat(50) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(3000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slots' as const), slots: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
);

test('permits are conserved under any interleaving of ends, cancels and changes; no fixed limit is passed; no host is confused; nothing is lost or starves', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      let now = 0;
      let slots = 8;
      const scheduler = new GateScheduler<Item>({
        slots,
        now: () => now,
        gateOf: (host) => HOSTS[host]!,
        limitOf: (key) => (key === 'tenant' ? { concurrency: 2 } : { concurrency: 3 }),
      });
      const waiting = new Set<Item>();
      const underWay: Begun<Item>[] = [];
      const begins: number[] = [];
      let number = 0;
      const take = (): boolean => {
        const before = scheduler.inFlight;
        const begun = scheduler.take();
        if (begun === undefined) return false;
        assert.ok(waiting.delete(begun.item), 'it begins once');
        assert.equal(begun.host, begun.item.host);
        assert.ok(before < slots, 'more than the slots');
        underWay.push(begun);
        const count = (of: (item: Item) => boolean): number => underWay.filter(({ item }) => of(item)).length;
        const { concurrency, maxConcurrency } = HOSTS[begun.host]!;
        const most = typeof concurrency === 'number' ? concurrency : maxConcurrency!;
        assert.ok(count(({ host }) => host === begun.host) <= most, `too many of ${begun.host}`);
        assert.ok(count(({ limits }) => limits.includes('tenant')) <= 2, 'too many of one tenant');
        assert.ok(count(({ limits }) => limits.includes('region')) <= 3, 'too many of one region');
        if (begun.host === 'paced') begins.push(now);
        return true;
      };
      for (const step of operations) {
        if (step.do === 'push') {
          const item = { number: number++, host: step.host, limits: step.limits };
          waiting.add(item);
          scheduler.push(step.host, item, { priority: step.priority, isRetry: step.isRetry, limits: step.limits });
        } else if (step.do === 'take') take();
        else if (step.do === 'wait') now += step.ms;
        else if (step.do === 'slots') {
          slots = step.slots;
          scheduler.configure({ slots });
        } else if (step.do === 'clear') {
          const left = scheduler.clear();
          assert.deepEqual(new Set(left), waiting);
          waiting.clear();
        } else {
          const [begun] = underWay.splice(step.at, 1);
          if (begun === undefined) continue;
          if (step.do === 'back') {
            // What was never sent did not draw on the rate.
            if (begun.host === 'paced') begins.pop();
            scheduler.giveBack(begun);
          } else scheduler.end(begun, { class: step.class });
        }
        assert.equal(scheduler.inFlight, underWay.length);
        assert.equal(scheduler.size, waiting.size);
        for (const host of Object.keys(HOSTS)) {
          const inFlight = underWay.filter((begun) => begun.host === host).length;
          assert.equal(scheduler.load(host).inFlight, inFlight, host);
        }
      }
      // From here all goes well: everything that waits has to begin.
      for (let round = 0; waiting.size > 0; round++) {
        assert.ok(round < 10_000, `${waiting.size} items starve`);
        while (take());
        const begun = underWay.shift();
        if (begun !== undefined) scheduler.end(begun, { class: 'ok' });
        else {
          const opensAt = scheduler.opensAt();
          assert.ok(opensAt < Number.POSITIVE_INFINITY, `${waiting.size} items wait for nothing`);
          now = Math.max(now + 0.001, opensAt);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('a slow host with all that it may have does not hold up another', () => {
  const scheduler = new GateScheduler<string>({ slots: 10, now: () => 0, gateOf: () => ({ concurrency: 2 }) });
  for (let count = 0; count < 100; count++) scheduler.push('slow', 'slow');
  scheduler.push('fast', 'fast');
  const begun = [scheduler.take(), scheduler.take(), scheduler.take(), scheduler.take()];
  assert.deepEqual(
    begun.map((one) => one?.item),
    ['slow', 'fast', 'slow', undefined],
  );
});

test('what is urgent goes first, and what is not goes too, one in eight', () => {
  const scheduler = new GateScheduler<number>({ slots: 1, now: () => 0, gateOf: () => ({ concurrency: 1 }) });
  for (let count = 0; count < 100; count++) {
    scheduler.push('urgent', 0, { priority: 0 });
    scheduler.push('idle', 2, { priority: 2 });
  }
  const order = Array.from({ length: 80 }, () => {
    const begun = scheduler.take()!;
    scheduler.end(begun, { class: 'ok' });
    return begun.item;
  });
  // One more than one in eight: a host that nobody has heard of is tried at once.
  assert.equal(order.filter((priority) => priority === 2).length, 11);
});

test('an item that needs two limits at once gets them, however busy each is by itself', () => {
  const scheduler = new GateScheduler<string>({
    slots: 100,
    now: () => 0,
    gateOf: () => ({ concurrency: 100 }),
    limitOf: () => ({ concurrency: 1 }),
  });
  const busy: Begun<string>[] = [];
  const feed = (key: string): void => scheduler.push(key, key, { limits: [key] });
  feed('a');
  feed('b');
  for (let begun = scheduler.take(); begun !== undefined; begun = scheduler.take()) busy.push(begun);
  scheduler.push('both', 'both', { limits: ['a', 'b'] });
  for (let round = 0; round < 200; round++) {
    // The two are never free at the same moment by themselves: one ends, and its successor waits already.
    const begun = busy.shift()!;
    feed(begun.item);
    scheduler.end(begun, { class: 'ok' });
    for (let next = scheduler.take(); next !== undefined; next = scheduler.take()) {
      if (next.item === 'both') return;
      busy.push(next);
    }
  }
  assert.fail('it starves');
});

test('an item that is handed back twice is told so', () => {
  const scheduler = new GateScheduler<string>({ slots: 1, now: () => 0 });
  scheduler.push('h', 'item');
  const begun = scheduler.take()!;
  scheduler.end(begun, { class: 'ok' });
  assert.throws(() => scheduler.end(begun, { class: 'ok' }), UsageError);
  assert.throws(() => scheduler.giveBack(begun), UsageError);
});

test('memory is that of the hosts with work: of a hundred thousand that are done some thousand are remembered', () => {
  const scheduler = new GateScheduler<number>({ slots: 10, now: () => 0 });
  for (let host = 0; host < 100_000; host++) {
    scheduler.push(`h${host}`, host);
    scheduler.end(scheduler.take()!, { class: 'ok' });
  }
  assert.equal(scheduler.activeHosts, 0);
  assert.equal(scheduler.gate('h0'), undefined);
  assert.notEqual(scheduler.gate('h99999'), undefined);
});
