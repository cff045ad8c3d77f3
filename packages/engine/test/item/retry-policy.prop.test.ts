import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@sluice/core';
import { OUTCOME_CLASSES, type OutcomeClass } from '@sluice/engine';
import fc from 'fast-check';
import {
  NOTHING_SPENT,
  RetryPolicy,
  type RetryPolicyOptions,
  readSpent,
  type Spent,
  writeSpent,
} from '../../src/item/retry-policy.ts';

const CLASSES = Object.keys(OUTCOME_CLASSES) as OutcomeClass[];
const COUNTED = CLASSES.filter((name) => name !== 'throttled' && name !== 'ok' && name !== 'cancelled');

/** The waits that are granted for one class after another, until none is. */
function waits(policy: RetryPolicy, outcomeClass: OutcomeClass, retryAfterMs?: number): number[] {
  const granted: number[] = [];
  for (let spent: Spent = NOTHING_SPENT; granted.length < 100_000; ) {
    const retry = policy.grant(outcomeClass, spent, retryAfterMs);
    if (retry === undefined) return granted;
    granted.push(retry.waitMs);
    // As the ledger gives it back.
    spent = readSpent(writeSpent(retry.spent));
  }
  return granted;
}

test('a class gets the retries that its rule says, within five attempts in all', () => {
  for (const name of COUNTED) {
    const policy = new RetryPolicy({}, Math.random);
    assert.equal(waits(policy, name).length, Math.min(4, OUTCOME_CLASSES[name].retries), name);
  }
});

test('the backoff is jittered: between a fifth and the whole of the initial wait doubled each time, up to the longest', () => {
  const longest = new RetryPolicy({ attempts: 12, server: 11, initial: '1s', max: '20s' }, () => 1);
  assert.deepEqual(waits(longest, 'server'), [1000, 2000, 4000, 8000, 16_000, ...Array(6).fill(20_000)]);
  const shortest = new RetryPolicy({ attempts: 12, server: 11 }, () => 0);
  assert.deepEqual(waits(shortest, 'server').slice(0, 5), [100, 200, 400, 800, 1600]);
  const middle = new RetryPolicy({}, () => 0.5);
  assert.deepEqual(waits(middle, 'server').map(Math.round), [300, 600, 1200, 2400], 'the default begins with 500 ms');
});

test('the attempts in all bound every mixture of classes, and each class keeps its own cap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.dictionary(fc.constantFrom(...COUNTED), fc.integer({ min: 0, max: 6 })),
      fc.array(fc.constantFrom(...COUNTED), { maxLength: 40 }),
      (attempts, caps, ends) => {
        const policy = new RetryPolicy({ ...caps, attempts } as RetryPolicyOptions, Math.random);
        const used = new Map<string, number>();
        let spent: Spent = NOTHING_SPENT;
        let inAll = 0;
        for (const name of ends) {
          const retry = policy.grant(name, spent, undefined);
          const cap = caps[name] ?? OUTCOME_CLASSES[name].retries;
          const isWithin = (used.get(name) ?? 0) < cap && inAll + 1 < attempts;
          assert.equal(retry !== undefined, isWithin, `${name} after ${inAll} retries`);
          if (retry === undefined) continue;
          inAll++;
          used.set(name, (used.get(name) ?? 0) + 1);
          spent = retry.spent;
        }
      },
    ),
  );
});

test('what the server asks for is waited for, with a little on top so that not all come back at once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3_600_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (asked, random) => {
        const policy = new RetryPolicy({ throttled: { maxWait: '3h' } }, () => random);
        for (const name of ['throttled', 'server'] as const) {
          const waitMs = policy.grant(name, NOTHING_SPENT, asked)!.waitMs;
          assert.ok(waitMs >= asked && waitMs <= asked + 1000, `${waitMs} for ${asked}`);
        }
      },
    ),
  );
  const policy = new RetryPolicy({ throttled: { maxWait: '3h' } }, () => 0);
  assert.equal(policy.grant('throttled', NOTHING_SPENT, 86_400_000)!.waitMs, 3_600_000, 'at most an hour');
});

test('throttling spends no retry, however often it comes', () => {
  const policy = new RetryPolicy({ attempts: 2, server: 1 }, () => 0.5);
  let { spent } = policy.grant('throttled', NOTHING_SPENT, 100)!;
  for (let round = 0; round < 20; round++) spent = policy.grant('throttled', spent, 100)!.spent;
  assert.ok(policy.grant('server', spent, undefined) !== undefined);
});

test('an item is never put off by throttling for longer than maxWait in all', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }), { maxLength: 60 }),
      (maxWait, asked) => {
        const policy = new RetryPolicy({ throttled: { maxWait } }, Math.random);
        let spent: Spent = NOTHING_SPENT;
        let waited = 0;
        for (const retryAfterMs of asked) {
          const retry = policy.grant('throttled', spent, retryAfterMs);
          if (retry === undefined) continue;
          waited += retry.waitMs;
          spent = retry.spent;
        }
        assert.ok(waited <= maxWait, `${waited} > ${maxWait}`);
      },
    ),
  );
});

test('without a Retry-After throttled attempts back off further each time, so that a server is not hammered for half an hour', () => {
  const granted = waits(new RetryPolicy({}, () => 1), 'throttled');
  assert.deepEqual(granted.slice(0, 5), [500, 1000, 2000, 4000, 8000]);
  assert.ok(granted.length < 50, `${granted.length} attempts in 30 minutes`);
});

test('a server that says Retry-After: 0 for ever is given up at last', () => {
  const granted = waits(new RetryPolicy({ throttled: { maxWait: '100ms' } }, () => 0), 'throttled', 0);
  assert.equal(granted.length, 100);
});

test('options that cannot be are refused with the name of the option', () => {
  const refused: [object, RegExp][] = [
    [{ sever: 3 }, /'sever' is no outcome class/],
    [{ server: -1 }, /retry\.server must be a number of 0 or more/],
    [{ server: Number.NaN }, /retry\.server/],
    [{ server: '3' }, /retry\.server/],
    [{ attempts: 0 }, /retry\.attempts must be a number of 1 or more/],
    [{ initial: 'soon' }, /'soon' is no duration/],
    [{ max: -1 }, /duration/],
    [{ throttled: { maxWait: 'long' } }, /'long' is no duration/],
  ];
  for (const [options, message] of refused) {
    assert.throws(
      () => new RetryPolicy(options as RetryPolicyOptions, Math.random),
      (error: Error) => error instanceof UsageError && message.test(error.message),
      JSON.stringify(options),
    );
  }
});

test('what was spent survives the ledger, and nothing spent costs no text', () => {
  assert.equal(writeSpent(NOTHING_SPENT), null);
  assert.equal(readSpent(null), NOTHING_SPENT);
  const spent = { retries: { server: 2, 'in-doubt': 1 }, throttledMs: 12.5 } as const;
  assert.deepEqual(readSpent(writeSpent(spent)), spent);
});
