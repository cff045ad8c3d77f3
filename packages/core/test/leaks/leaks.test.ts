import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../programs/run-program.ts';

const KINDS = [
  'tasks',
  'sleeps',
  'timeouts',
  'expired',
  'cancelled',
  'abandoned',
  'signals',
  'permits',
  'gathers',
  'streams',
];

for (const kind of KINDS) {
  test(`100,000 ${kind} leave no timer, listener or node, and the heap does not grow with them`, async () => {
    const ending = await runProgram('leaks', { args: [kind], flags: ['--expose-gc'] });
    assert.equal(ending.code, 0, ending.stderr);
    assert.equal(ending.stdout.trim(), KINDS.join(), 'every kind of the program is tested');
  });
}
