import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../programs/run-program.ts';

const KINDS = [
  'locks',
  'conditions',
  'barriers',
  'priorities',
  'rates',
  'limits',
  'breakers',
  'contexts',
  'races',
  'hedges',
  'services',
  'watches',
];

for (const kind of KINDS) {
  test(`30,000 ${kind} leave no timer, wait or node, and the heap does not grow with them`, async () => {
    const ending = await runProgram('leaves-nothing', { args: [kind], flags: ['--expose-gc'] });
    assert.equal(ending.code, 0, ending.stderr);
    assert.equal(ending.stdout.trim(), KINDS.join(), 'every kind of the program is tested');
  });
}
