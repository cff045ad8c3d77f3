import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import fc from 'fast-check';
import { type Begun, GateScheduler, type RequestPass } from '../../src/gate/gate-scheduler.ts';

const LIMITS: Readonly<Record<string, number>> = { one: 1, two: 2 };

/** An item under way that wants `left` more requests, in this order. */
interface Step {
  readonly begun: Begun<number>;
  readonly left: string[];
  pass?: RequestPass | undefined;
  withdraw?: (() => void) | undefined;
}

const plan = fc.array(
  fc.record({
    host: fc.constantFrom('', 'one', 'two'),
    requests: fc.array(fc.constantFrom('one', 'two'), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 30 },
);

test('items whose steps ask several hosts, in any order and cut at any moment, never pass a limit, never wait for each other for ever, and leave nothing taken', () => {
  fc.assert(
    fc.property(
      plan,
      fc.array(fc.nat(), { maxLength: 200 }),
      fc.integer({ min: 1, max: 4 }),
      (items, choices, slots) => {
        const scheduler = new GateScheduler<number>({
          slots,
          now: () => 0,
          gateOf: (host) => ({ concurrency: LIMITS[host]! }),
        });
        const passed = new Map([
          ['one', 0],
          ['two', 0],
        ]);
        const steps: Step[] = [];
        items.forEach(({ host }, number) => {
          scheduler.push(host, number);
        });
        const count = (host: string, by: number): void => {
          passed.set(host, passed.get(host)! + by);
          assert.ok(passed.get(host)! <= LIMITS[host]!, `too many requests to ${host}`);
        };
        /** Lets the step ask for its next request as a run's step does: with what it began with, or at the gate. */
        const ask = (step: Step): void => {
          const host = step.left.shift();
          if (host === undefined) {
            steps.splice(steps.indexOf(step), 1);
            scheduler.end(step.begun);
            return;
          }
          const enter = (pass: RequestPass): void => {
            count(host, 1);
            step.pass = pass;
            step.withdraw = undefined;
          };
          const own = host === step.begun.host ? scheduler.ownRequest(step.begun) : undefined;
          const answer = own ?? scheduler.request(host, enter);
          if (typeof answer !== 'function') enter(answer);
          else {
            step.withdraw = answer;
            scheduler.giveUpOwnRequest(step.begun);
          }
        };
        const pump = (): void => {
          for (let begun = scheduler.take(); begun !== undefined; begun = scheduler.take()) {
            steps.push({ begun, left: [...items[begun.item]!.requests] });
          }
        };
        const go = (choice: number): void => {
          const ready = steps.filter((step) => step.withdraw === undefined);
          const step = ready[choice % ready.length];
          if (step === undefined) return;
          if (step.pass === undefined) ask(step);
          else {
            count(step.pass.host, -1);
            scheduler.endRequest(step.pass, { class: 'ok' });
            step.pass = undefined;
          }
        };
        for (const choice of choices) {
          pump();
          const waiting = steps.filter((step) => step.withdraw !== undefined);
          const cut = waiting[choice % 97];
          if (cut !== undefined && choice % 5 === 0) {
            cut.withdraw!();
            steps.splice(steps.indexOf(cut), 1);
            scheduler.end(cut.begun);
          } else go(choice);
        }
        for (let round = 0; steps.length > 0 || scheduler.size > 0; round++) {
          assert.ok(round < 10_000, 'they wait for each other');
          pump();
          go(0);
        }
        assert.equal(scheduler.inFlight, 0);
        assert.equal(scheduler.activeHosts, 0, 'a gate has kept something');
      },
    ),
    { numRuns: 1000 },
  );
});

test('a request goes before the items of its host, and needs no slot', () => {
  const scheduler = new GateScheduler<string>({ slots: 1, now: () => 0, gateOf: () => ({ concurrency: 1 }) });
  scheduler.push('h', 'first');
  scheduler.push('h', 'second');
  const begun = scheduler.take()!;
  const own = scheduler.ownRequest(begun)!;
  assert.equal(scheduler.ownRequest(begun), undefined, 'there is one');
  let admitted: RequestPass | undefined;
  scheduler.request('h', (pass) => {
    admitted = pass;
  });
  assert.equal(scheduler.take(), undefined);
  assert.equal(admitted, undefined);
  scheduler.endRequest(own, { class: 'ok' });
  assert.equal(scheduler.take(), undefined, 'the slot is taken');
  assert.notEqual(admitted, undefined);
  scheduler.endRequest(admitted!, { class: 'ok' });
  scheduler.end(begun);
  assert.equal(scheduler.take()?.item, 'second');
});

test('a request that waits for a rate is let through at its time, also while all slots are taken', () => {
  let now = 0;
  const rate = { limit: 1, perMs: 1000, burst: 1 };
  const scheduler = new GateScheduler<string>({ slots: 1, now: () => now, gateOf: () => ({ concurrency: 9, rate }) });
  scheduler.push('', 'item');
  scheduler.take();
  assert.notEqual(typeof scheduler.request('h', () => {}), 'function');
  let admittedAt = -1;
  const withdraw = scheduler.request('h', () => {
    admittedAt = now;
  });
  assert.equal(scheduler.opensAt(), Number.POSITIVE_INFINITY, 'it is looked at by take first');
  scheduler.take();
  assert.equal(scheduler.opensAt(), 1000);
  now = 1000;
  scheduler.take();
  assert.equal(admittedAt, 1000);
  (withdraw as () => void)();
});

test('a request that is handed back twice is told so', () => {
  const scheduler = new GateScheduler<string>({ slots: 1, now: () => 0 });
  const pass = scheduler.request('h', () => {}) as RequestPass;
  scheduler.endRequest(pass, { class: 'ok' });
  assert.throws(() => scheduler.endRequest(pass, { class: 'ok' }), UsageError);
  assert.throws(() => scheduler.giveBackRequest(pass), UsageError);
});

test('what waits for a host that is away is given back but for a little, and what waits for one that is only busy stays', () => {
  let now = 0;
  const scheduler = new GateScheduler<number>({ slots: 100, now: () => now, gateOf: () => ({ concurrency: 10 }) });
  for (let item = 0; item < 50; item++) {
    scheduler.push('away', item);
    scheduler.push('busy', item);
  }
  for (let begun = scheduler.take(); begun !== undefined; begun = scheduler.take()) {
    if (begun.host === 'away') scheduler.end(begun, { class: 'throttled', retryAfterMs: 60_000 });
  }
  now = 10;
  const shed = scheduler.shed(1000);
  assert.deepEqual(new Set(shed.map(({ at }) => at)), new Set([60_000]));
  assert.equal(scheduler.load('away').waiting, 2);
  assert.equal(scheduler.load('busy').waiting, 40);
  assert.equal(shed.length + scheduler.size, 50 - 1 + 40);
});

test('items of a host that is given up are taken out, those that wait at their own limits too, and the limits are free again', () => {
  const scheduler = new GateScheduler<number>({ slots: 10, now: () => 0, limitOf: () => ({ concurrency: 1 }) });
  for (let item = 0; item < 5; item++) scheduler.push('dead', item, { limits: ['tenant'] });
  const begun = scheduler.take()!;
  assert.equal(scheduler.take(), undefined);
  assert.deepEqual(scheduler.drainHost('dead').toSorted(), [1, 2, 3, 4]);
  assert.equal(scheduler.size, 0);
  scheduler.end(begun, { class: 'connect' });
  scheduler.push('other', 9, { limits: ['tenant'] });
  assert.equal(scheduler.take()?.item, 9);
});
