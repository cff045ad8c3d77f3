import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gone } from '../support/is-running.ts';
import { runProgram } from './run-program.ts';

for (const [name, code, stdout] of [
  ['idle threads', "console.log(await toThread(sums, 'add', 1, 2));", '3'],
  ['idle processes', "console.log(await toProcess(sums, 'add', 1, 2));", '3'],
  ['an open pool', 'const work = offload(sums, { threads: 2 }); console.log(await work.add(1, 2));', '3'],
  ['a closed pool', '{ await using work = offload(sums); console.log(await work.add(1, 2)); }', '3'],
  [
    'shared pools that were closed',
    "await toThread(sums, 'add', 1, 2); await closeOffload(); console.log('closed');",
    'closed',
  ],
  [
    'a cancelled call',
    `await cancelScope(async (scope) => {
       setTimeout(() => scope.cancel(), 50);
       await toThread(sums, 'spin');
     });
     console.log('cancelled');`,
    'cancelled',
  ],
  [
    'an abandoned call that never ends',
    `const work = offload(sums, { threads: 1, onCancel: 'abandon' });
     await work.add(1, 1);
     await cancelScope(async (scope) => {
       setTimeout(() => scope.cancel(), 50);
       await work.spin();
     });
     console.log('abandoned');`,
    'abandoned',
  ],
  ['a call whose result nobody looks at', "void toThread(sums, 'addLater', 1, 2).then(console.log);", '3'],
] as const) {
  test(`a program with ${name} ends by itself, and not before its calls`, async () => {
    assert.deepEqual(await runProgram(code), { exitCode: 0, stdout, stderr: '' });
  });
}

test('process.exit() in the program ends busy processes with it', async () => {
  const { exitCode, stdout } = await runProgram(`
    const pid = await toProcess(sums, 'pid');
    void toProcess(sums, 'spin');
    setTimeout(() => { console.log(pid); process.exit(0); }, 50);`);
  assert.equal(exitCode, 0);
  await gone(Number(stdout));
});

test('a program that is killed leaves no process that computes for ever', async () => {
  const { exitCode, stdout } = await runProgram(`
    console.log(await toProcess(sums, 'pid'));
    void toProcess(sums, 'spin');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500);`);
  assert.equal(exitCode, null);
  await gone(Number(stdout));
});

test('a pool made in one run serves after it: its workers keep nothing of who started them', async () => {
  const program = `
    const work = offload(sums, { threads: 1 });
    await run(() => work.add(1, 1));
    console.log(await run(() => work.add(1, 2)));`;
  assert.deepEqual(await runProgram(program), { exitCode: 0, stdout: '3', stderr: '' });
});
