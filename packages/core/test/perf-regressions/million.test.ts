import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../programs/run-program.ts';

const PARTS = {
  flat: 'the heap is as it was after a million tasks, and no node, wait or timer is left',
  live: 'tasks that come and go beside 100,000 live ones leave nothing, and the live ones where they are',
  bytes: 'a sleeping task holds no more than 1,250 bytes, its timer and its scope among them',
};

// How much a collection leaves and what a promise weighs differs between runtimes: the figures are those of Node.
const isNode = process.versions.bun === undefined && process.versions.deno === undefined;

for (const [part, name] of Object.entries(isNode ? PARTS : {})) {
  test(name, async () => {
    const ending = await runProgram('../perf-regressions/million-program', { args: [part], flags: ['--expose-gc'] });
    assert.equal(ending.code, 0, ending.stderr);
  });
}
