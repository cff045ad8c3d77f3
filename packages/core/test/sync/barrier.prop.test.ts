import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Barrier, BrokenBarrierError, moveOnAfter, sleep, taskGroup, timeout } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import fc from 'fast-check';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

test('a barrier opens for whole rounds only, and gives each of a round another index', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ at: fc.nat(8), patience: fc.option(fc.nat(5), { nil: undefined }), cancel: fc.boolean() }), {
        minLength: 1,
        maxLength: 16,
      }),
      fc.array(fc.record({ at: fc.nat(10), what: fc.constantFrom('abort', 'reset' as const) }), { maxLength: 2 }),
      fc.integer(),
      async (parties, comers, breaks, seed) => {
        const barrier = new Barrier(parties);
        const passed: number[] = [];
        await testRun(
          () =>
            timeout('1h', () =>
              taskGroup((group) => {
                for (const { at, what } of breaks) {
                  group.spawn(async () => {
                    await sleep(at);
                    barrier[what]();
                  });
                }
                for (const { at, patience, cancel } of comers) {
                  const pass = async (): Promise<void> => {
                    try {
                      passed.push(await barrier.wait());
                    } catch (error) {
                      if (!(error instanceof BrokenBarrierError)) throw error;
                    }
                  };
                  const task = group.spawn(async () => {
                    await sleep(at);
                    await (patience === undefined ? pass() : moveOnAfter(patience, pass));
                  });
                  group.spawn(async () => {
                    await sleep(cancel ? at : 100);
                    task.cancel();
                  });
                }
              }),
            ),
          { seed },
        );
        assert.equal(passed.length % parties, 0);
        const rounds = passed.length / parties;
        for (let index = 0; index < parties; index++) {
          assert.equal(passed.filter((one) => one === index).length, rounds, `index ${index} is given once a round`);
        }
        assert.equal(barrier.statistics().waiting, 0);
      },
    ),
    { numRuns: 200 },
  ));
