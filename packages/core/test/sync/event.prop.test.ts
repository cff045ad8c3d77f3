import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event, moveOnAfter, now, sleepUntil, taskGroup, timeout } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import fc from 'fast-check';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const plan = fc.record({
  /** Changes at whole times, waits begin at a quarter past and give up at half past: nothing happens at one time. */
  changes: fc.uniqueArray(fc.record({ at: fc.nat(12), sets: fc.boolean() }), {
    maxLength: 8,
    selector: ({ at }) => at,
  }),
  waits: fc.array(fc.record({ from: fc.nat(12), patience: fc.nat(8) }), { minLength: 1, maxLength: 12 }),
});

test('a wait ends exactly when the flag is set while it waits, for every waiter, in any order of wake-ups', () =>
  fc.assert(
    fc.asyncProperty(plan, fc.integer(), async ({ changes, waits }, seed) => {
      const event = new Event();
      const woken: (boolean | undefined)[] = [];
      const wokenAt: number[] = [];
      await testRun(
        () =>
          timeout('1h', () =>
            taskGroup((group) => {
              for (const { at, sets } of changes) {
                group.spawn(async () => {
                  await sleepUntil(at + 1);
                  if (sets) event.set();
                  else event.clear();
                });
              }
              waits.forEach(({ from, patience }, index) => {
                group.spawn(async () => {
                  await sleepUntil(from + 0.25);
                  const { timedOut } = await moveOnAfter(patience + 0.25, () => event.wait());
                  woken[index] = !timedOut;
                  wokenAt[index] = now();
                });
              });
            }),
          ),
        { seed },
      );
      const ordered = [...changes].sort((a, b) => a.at - b.at);
      waits.forEach(({ from, patience }, index) => {
        const begin = from + 0.25;
        const end = begin + patience + 0.25;
        const before = ordered.filter(({ at }) => at + 1 < begin).at(-1);
        const during = ordered.find(({ at, sets }) => sets && at + 1 > begin && at + 1 < end);
        const wakesAt = before?.sets === true ? begin : during === undefined ? undefined : during.at + 1;
        assert.equal(woken[index], wakesAt !== undefined);
        assert.equal(wokenAt[index], wakesAt ?? end);
      });
      assert.equal(event.statistics().waiting, 0);
    }),
    { numRuns: 200 },
  ));
