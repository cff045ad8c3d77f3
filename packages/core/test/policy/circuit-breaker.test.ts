import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CircuitBreaker,
  CircuitOpenError,
  circuitBreaker,
  moveOnAfter,
  now,
  sleep,
  sleepForever,
  taskGroup,
  UsageError,
} from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const boom = new Error('boom');
const fail = (breaker: CircuitBreaker): Promise<void> =>
  assert.rejects(
    () =>
      breaker.call(() => {
        throw boom;
      }),
    boom,
  );
const pass = async (breaker: CircuitBreaker): Promise<void> => assert.equal(await breaker.call(() => 'ok'), 'ok');

test('it opens after ten failures in a row, refuses for thirty seconds, and closes after a probe that succeeds', () =>
  testRun(async () => {
    const breaker = circuitBreaker();
    for (let count = 0; count < 9; count++) await fail(breaker);
    await pass(breaker);
    for (let count = 0; count < 10; count++) {
      assert.equal(breaker.state, 'closed');
      await fail(breaker);
    }
    assert.equal(breaker.state, 'open');
    await sleep('10s');
    await assert.rejects(
      () => breaker.call(() => assert.fail('not to be called')),
      (error: unknown) => {
        assert.ok(error instanceof CircuitOpenError);
        assert.equal(error.code, 'SLUICE_CIRCUIT_OPEN');
        assert.equal(error.retryAfterMs, 20_000);
        return true;
      },
    );
    await sleep('20s');
    assert.equal(breaker.state, 'half-open');
    await pass(breaker);
    assert.deepEqual(breaker.statistics(), {
      state: 'closed',
      failuresInRow: 0,
      failures: 0,
      calls: 0,
      refused: 1,
      openedAt: undefined,
    });
  }));

test('it opens when half of the last twenty failed, and not before there were twenty', () =>
  testRun(async () => {
    const breaker = circuitBreaker();
    for (let count = 0; count < 9; count++) {
      await fail(breaker);
      await pass(breaker);
    }
    await fail(breaker);
    assert.equal(breaker.state, 'closed');
    await pass(breaker);
    assert.equal(breaker.state, 'open', 'ten of twenty');
  }));

test('half open it lets only as many probes through as it is told; one that fails opens it again', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const breaker = circuitBreaker({ failures: 1, openFor: '1s', halfOpenProbes: 2 });
      await fail(breaker);
      await sleep('1s');
      const probes = [1, 2].map(() => group.spawn(() => breaker.call(() => sleep(10))));
      await sleep(1);
      await assert.rejects(() => breaker.call(() => 0), CircuitOpenError);
      await Promise.all(probes);
      assert.equal(breaker.state, 'closed');
      await fail(breaker);
      await sleep('1s');
      await pass(breaker);
      assert.equal(breaker.state, 'half-open', 'one of two');
      await fail(breaker);
      assert.equal(breaker.state, 'open');
      assert.equal(breaker.statistics().openedAt, now());
    }),
  ));

test('a cancelled call says nothing, and a cancelled probe leaves its place to another', () =>
  testRun(async () => {
    const breaker = circuitBreaker({ failures: 1, openFor: '1s' });
    await moveOnAfter(1, () => breaker.call(sleepForever));
    assert.equal(breaker.state, 'closed');
    await fail(breaker);
    await sleep('1s');
    await moveOnAfter(1, () => breaker.call(sleepForever));
    assert.equal(breaker.state, 'half-open');
    await pass(breaker);
    assert.equal(breaker.state, 'closed');
  }));

test('a result of a call that began before the breaker opened says nothing about the time after it', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const breaker = circuitBreaker({ failures: 1, openFor: 10 });
      const early = group.spawn(() => breaker.call(() => sleep(15)));
      const late = group.spawn(() =>
        assert.rejects(() =>
          breaker.call(async () => {
            await sleep(30);
            throw boom;
          }),
        ),
      );
      await sleep(1);
      await fail(breaker);
      await early;
      assert.equal(breaker.state, 'half-open', 'an early success closes nothing');
      await pass(breaker);
      await late;
      assert.equal(breaker.state, 'closed', 'an early failure opens nothing');
    }),
  ));

test('an error that is no failure is an answer', () =>
  testRun(async () => {
    const breaker = circuitBreaker({ failures: 1, isFailure: (error) => error !== boom });
    await fail(breaker);
    assert.equal(breaker.state, 'closed');
    assert.equal(breaker.statistics().calls, 1);
    for (const options of [{ failures: 0 }, { ratio: 0 }, { ratio: 2 }, { window: 1.5 }, { halfOpenProbes: 0 }])
      assert.throws(() => circuitBreaker(options), UsageError);
  }));
