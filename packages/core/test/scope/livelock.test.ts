import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelScope, checkpoint, moveOnAfter, now, run, sleep, taskGroup } from '@sluice/core';
import { testRun } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { runProgram, signalAt } from '../programs/run-program.ts';

expectNothingLeft();

/** The warnings of this process while `work` runs. */
async function warningsDuring(work: () => Promise<unknown>): Promise<Error[]> {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => {
    warnings.push(warning);
  };
  process.on('warning', onWarning);
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', onWarning);
  }
  return warnings;
}

test('a loop that swallows every cancel lets a timer of 100 ms through, and a warning names its line', async () => {
  const ending = await runProgram('swallows', { args: ['timer'] });
  assert.equal(ending.code, 0);
  assert.match(ending.stdout, /the timer got through\nended/);
  assert.match(ending.stderr, /SLUICE_SWALLOWED_CANCEL.*task 'main'.*swallows\.ts:15:/);
  assert.equal(ending.stderr.match(/SLUICE_SWALLOWED_CANCEL/g)?.length, 1);
});

test('a loop that swallows every cancel lets SIGINT through: the second one ends it', async () => {
  const first = signalAt('ready', 'SIGINT');
  let isSecondSent = false;
  const ending = await runProgram('swallows', {
    args: ['signal'],
    onOutput: (output, child) => {
      first(output, child);
      if (isSecondSent) return;
      isSecondSent = true;
      setTimeout(() => process.kill(child.pid!, 'SIGINT'), 300);
    },
  });
  assert.equal(ending.code, 130);
});

test('waits of a swallowing task that nobody looks at raise no unhandledRejection', async () => {
  const ending = await runProgram('swallows', { args: ['several'] });
  assert.equal(ending.stdout, 'ended\n');
  assert.equal(ending.code, 0);
});

for (const how of ['checkpoint', 'sleep0']) {
  test(`a loop that computes with nothing but ${how} in between meets its timeout`, async () => {
    const ending = await runProgram('busy', { args: [how] });
    assert.equal(ending.stdout, 'TimeoutError\n');
    assert.equal(ending.code, 0);
  });
}

test('a loop that computes with nothing but checkpoints in between meets SIGINT', async () => {
  const ending = await runProgram('busy', { args: ['signal'], onOutput: signalAt('ready', 'SIGINT') });
  assert.deepEqual([ending.code, ending.signal], [null, 'SIGINT']);
});

test('many scopes that were cancelled one after the other in one task are no swallowed cancel', async () => {
  const warnings = await warningsDuring(() =>
    run(
      async () => {
        for (let round = 0; round < 20; round++) {
          await cancelScope(async (scope) => {
            scope.cancel();
            await checkpoint();
          });
          await moveOnAfter(0, () => sleep(1));
        }
      },
      { handleSignals: false },
    ),
  );
  assert.deepEqual(warnings, []);
});

test('clean-up that runs into its cancel once or twice is not warned about', async () => {
  const warnings = await warningsDuring(() =>
    taskGroup((group) => {
      group.spawn(async () => {
        group.cancel();
        await sleep(1).catch(() => {});
        await sleep(1).catch(() => {});
        await sleep(1);
      });
    }),
  );
  assert.deepEqual(warnings, []);
});

test('virtual time does not jump over a task that is slow only because it swallows its cancel', () =>
  testRun(async () => {
    const warnings = await warningsDuring(() =>
      taskGroup(async (group) => {
        const timed = group.spawn(() => sleep('1h'));
        const stubborn = group.spawn(async () => {
          stubborn.cancel();
          for (let round = 0; round < 10; round++) await sleep(1).catch(() => {});
          assert.equal(now(), 0);
          timed.cancel();
        });
      }),
    );
    assert.equal(warnings.length, 1);
    assert.equal(now(), 0);
  }));
