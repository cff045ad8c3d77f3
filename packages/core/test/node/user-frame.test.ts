import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { userFrame } from '../../src/node/warn.ts';

const user = 'at work (/home/ada/program.ts:7:3)';
const stackOf = (...frames: readonly string[]): string => ['Error: trace', ...frames.map((f) => `    ${f}`)].join('\n');
const own = new URL('../../src/scope/refuse.ts', import.meta.url);

test('the line of the user is found below our own frames, which Node names by URL', () => {
  assert.equal(userFrame(stackOf(`at refuse (${own.href}:40:5)`, 'at node:internal/timers:1:1', user)), user);
});

test('the line of the user is found below our own frames where they are named by path, as Bun does', () => {
  assert.equal(userFrame(stackOf(`at refuse (${fileURLToPath(own)}:40:5)`, user)), user);
});

test('a stack of our own frames alone names nobody', () => {
  assert.equal(userFrame(stackOf(`at refuse (${own.href}:40:5)`, `at refuse (${fileURLToPath(own)}:40:5)`)), undefined);
});

test('a function without a name is the user’s by its place: Bun calls it <anonymous>, as Node does the top of a CommonJS module', () => {
  const nameless = 'at <anonymous> (/home/ada/program.ts:7:3)';
  const top = 'at Object.<anonymous> (/home/ada/program.cjs:7:3)';
  assert.equal(userFrame(stackOf(`at spawn (${own.href}:40:5)`, nameless)), nameless);
  assert.equal(userFrame(stackOf('at new Promise (<anonymous>)', 'at async Promise.all (index 0)', top)), top);
});

test('the runtime’s own frames name nobody, on Node, Bun and Deno', () => {
  const frames = [
    'at node:internal/timers:1:1',
    'at async node:internal/process/task_queues:1:1',
    'at AsyncLocalStorage.run (ext:deno_node/async_hooks.ts:1:1762)',
    'at async ext:core/01_core.js:1:1',
    'at processTicksAndRejections (native)',
    'at <anonymous>',
  ];
  assert.equal(userFrame(stackOf(...frames)), undefined);
});
