import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { test } from 'node:test';
import { runProgram, signalAt } from '../programs/run-program.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`76: the first ${signal} cancels main, which cleans up; the process then ends by that signal`, async () => {
    const ending = await runProgram('interrupted', { onOutput: signalAt('ready', signal) });
    assert.deepEqual(ending.stdout.trim().split('\n'), ['ready', `met shutdown ${signal}`, 'cleaned', 'finally']);
    assert.deepEqual([ending.code, ending.signal], [null, signal]);
    assert.equal(ending.stderr, '');
  });

  test(`76: the second ${signal} ends the process at once, with the code that a shell shows for it`, async () => {
    const first = signalAt('ready', signal);
    const second = signalAt('met', signal);
    const ending = await runProgram('interrupted', {
      args: ['slow', '1h'],
      onOutput: (output: string, child: ChildProcess) => {
        first(output, child);
        second(output, child);
      },
    });
    assert.equal(ending.stdout.includes('finally'), false);
    assert.deepEqual([ending.code, ending.signal], [signal === 'SIGINT' ? 130 : 143, null]);
  });
}

test('76: a second signal of the other kind ends the process too, with the code of the second', async () => {
  const first = signalAt('ready', 'SIGINT');
  const second = signalAt('met', 'SIGTERM');
  const ending = await runProgram('interrupted', {
    args: ['slow', '1h'],
    onOutput: (output, child) => {
      first(output, child);
      second(output, child);
    },
  });
  assert.deepEqual([ending.code, ending.signal], [143, null]);
});

test('a main that catches the cancel and returns ends the program in the ordinary way', async () => {
  const ending = await runProgram('interrupted', { args: ['returns'], onOutput: signalAt('ready', 'SIGINT') });
  assert.match(ending.stdout, /value returned\nlisteners 0\n$/);
  assert.deepEqual([ending.code, ending.signal], [0, null]);
});

test('a clean-up that fails is thrown by run', async () => {
  const ending = await runProgram('interrupted', { args: ['throws'], onOutput: signalAt('ready', 'SIGINT') });
  assert.deepEqual([ending.code, ending.signal], [1, null]);
  assert.match(ending.stderr, /clean-up failed/);
});

test('when the grace is over the process is ended, and says so', async () => {
  const ending = await runProgram('interrupted', { args: ['slow', '50ms'], onOutput: signalAt('ready', 'SIGTERM') });
  assert.deepEqual([ending.code, ending.signal], [143, null]);
  assert.match(ending.stderr, /SLUICE_GRACE_OVER.*had not ended 50ms after SIGTERM/);
});

for (const grace of ['Infinity', '60d']) {
  test(`a grace of ${grace} is longer than a timer can be, and cuts no clean-up short`, async () => {
    const ending = await runProgram('interrupted', { args: ['cleans', grace], onOutput: signalAt('ready', 'SIGINT') });
    assert.match(ending.stdout, /cleaned\nfinally/);
    assert.deepEqual([ending.code, ending.signal], [null, 'SIGINT']);
    assert.equal(ending.stderr, '');
  });
}

test('a program that no signal came to leaves no listener, and a cancel of its own is no signal', async () => {
  const ending = await runProgram('interrupted', { args: ['untouched'] });
  assert.deepEqual(ending.stdout.trim().split('\n'), ['finished', 'value undefined', 'listeners 0']);
  assert.equal(ending.code, 0);
});
