import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../programs/run-program.ts';

const expected: Record<string, RegExp> = {
  blocks:
    /SLUICE_SLOW_CALLBACK\].*task 'blocks' blocked the event loop for .*spawned at .*mistakes\.ts:25:.*last checkpoint at .*mistakes\.ts:10:/,
  'held-up':
    /SLUICE_CANCEL_HELD_UP\].*task 'holdsUp' was cancelled .* ago.*cancellable.*spawned at .*mistakes\.ts:28:.*last checkpoint at .*mistakes\.ts:16:/,
  'no-checkpoint':
    /SLUICE_NO_CHECKPOINT\].*task 'holdsUp' has met no checkpoint for 1.*spawned at .*mistakes\.ts:3\d:.*last checkpoint at .*mistakes\.ts:16:/,
  swallows:
    /SLUICE_SWALLOWED_CANCEL\].*task 'main' has met its cancel three times.*last checkpoint at .*mistakes\.ts:21:/,
  generator: /SLUICE_GENERATOR_IN_SCOPE\].*task 'main' gave the generator 'numbers' to a scope.*mistakes\.ts:40:/,
};

for (const [mistake, pattern] of Object.entries(expected)) {
  test(`debug mode names the task and the line: ${mistake}`, async () => {
    const ending = await runProgram('mistakes', { args: [mistake, 'true'] });
    assert.equal(ending.code, 0, ending.stderr);
    assert.match(ending.stderr, pattern);
    assert.match(ending.stdout, /ended 6/, 'every mistake of the program is tested');
  });
}

test('debug mode has nothing to say of a program that waits well', async () => {
  const ending = await runProgram('mistakes', { args: ['none', 'true'] });
  // On a busy machine the process itself may stand still: that is no task's code.
  const said = ending.stderr
    .split('\n')
    .filter((line) => !/code outside every task blocked the event loop|--trace-warnings/.test(line));
  assert.equal(said.join('\n'), '');
  assert.equal(ending.code, 0);
});

test('without debug mode the same mistakes are not looked for', async () => {
  const ending = await runProgram('mistakes', { args: ['no-checkpoint'] });
  assert.equal(ending.stderr, '');
});

test('SLUICE_DEBUG=1 turns debug mode on, and the option decides where both are given', async () => {
  process.env.SLUICE_DEBUG = '1';
  try {
    const [on, off] = await Promise.all([
      runProgram('mistakes', { args: ['no-checkpoint'] }),
      runProgram('mistakes', { args: ['no-checkpoint', 'false'] }),
    ]);
    assert.match(on.stderr, /SLUICE_NO_CHECKPOINT/);
    assert.equal(off.stderr, '');
  } finally {
    delete process.env.SLUICE_DEBUG;
  }
});
