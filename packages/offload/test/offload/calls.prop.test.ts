import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelScope, isCancelled } from '@sluice/core';
import { OffloadError, offload, offloadStatistics } from '@sluice/offload';
import fc from 'fast-check';
import { type Mixed, mixedUrl } from '../support/modules.ts';

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('square' as const), burnMs: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), burnMs: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('exit' as const), burnMs: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('spin' as const), burnMs: fc.nat(10) }) },
);

for (const [kind, runs] of [
  ['thread', 15],
  ['process', 4],
] as const) {
  test(`whatever fails, is cancelled or dies in a ${kind}: each call runs at most once and settles once, with its own answer`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (actions, threads) => {
          await using work = offload<Mixed>(mixedUrl, { kind, threads });
          const begun = new Int32Array(new SharedArrayBuffer(actions.length * 4));
          const shared = kind === 'thread' ? begun : undefined;
          let settled = 0;
          await Promise.all(
            actions.map(async (step, index) => {
              const call = (): Promise<number> => work[step.do](shared, index, step.burnMs);
              if (step.do === 'spin') {
                const result = await cancelScope(async (scope) => {
                  setTimeout(() => scope.cancel(), step.burnMs);
                  await assert.rejects(call(), isCancelled);
                });
                assert.equal(result, undefined);
              } else if (step.do === 'square') assert.equal(await call(), index * index);
              else if (step.do === 'fail') await assert.rejects(call(), { message: `failed ${index}` });
              else
                await assert.rejects(
                  call(),
                  (error) => error instanceof OffloadError && error.code === 'SLUICE_OFFLOAD_WORKER_EXITED',
                );
              settled++;
            }),
          );
          assert.equal(settled, actions.length);
          for (const [index, step] of actions.entries()) {
            const times = begun[index]!;
            if (step.do === 'spin' || kind === 'process') assert.ok(times <= 1, `call ${index} ran ${times} times`);
            else assert.equal(times, 1, `call ${index} ran ${times} times`);
          }
          const { sent, queued } = offloadStatistics(work)!;
          assert.deepEqual({ sent, queued }, { sent: 0, queued: 0 });
        },
      ),
      { numRuns: runs },
    );
  });
}
