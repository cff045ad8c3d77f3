import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run, sleep, taskGroup } from '@sluice/core';
import { exposeTaskTree } from '@sluice/core/node';
import { capture } from '../support/captured-host.ts';

test('ps shows the tree of a process that shows it: names, states, what each waits on', async () => {
  await run(async () => {
    await using _exposed = await exposeTaskTree();
    await taskGroup(async (group) => {
      group.spawn(() => sleep('1h'), { name: 'the sleeper' });
      await sleep(10);
      const { code, stdout } = await capture(['ps', String(process.pid)]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^process ${process.pid}: \\d+ tasks?`));
      assert.match(stdout, /the sleeper +waiting .*sleep/);
      const [line] = (await capture(['ps', '--json'])).stdout
        .trim()
        .split('\n')
        .filter((text) => text.includes('the sleeper'));
      assert.equal((JSON.parse(line!) as { pid: number }).pid, process.pid);
      group.cancel();
    });
  });
});

test('ps of a process that shows no tree is one line and 2', async () => {
  const { code, stderr } = await capture(['ps', '1']);
  assert.equal(code, 2);
  assert.match(stderr, /^sluice: process 1 does not show its task tree/);
});

/** A program that shows its tree, and then does what `body` says. */
async function exposing(body: string): Promise<{ readonly pid: number } & AsyncDisposable> {
  const text = `import { exposeTaskTree } from '@sluice/core/node'; await exposeTaskTree(); console.log('ready'); ${body}`;
  const child = spawn(process.execPath, ['--conditions=@sluice/source', '--input-type=module', '-e', text], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('ps of a process of which the loop is blocked says so, and hides no other process', async () => {
  await using blocked = await exposing('for (;;);');
  await run(async () => {
    await using _exposed = await exposeTaskTree();
    const every = await capture(['ps']);
    assert.equal(every.code, 0);
    assert.match(every.stdout, new RegExp(`^process ${process.pid}: `, 'm'));
    assert.match(every.stderr, new RegExp(`process ${blocked.pid} does not answer: its event loop is blocked`));
  });
});

test('ps of a stopped process says how it goes on', { skip: process.platform !== 'linux' }, async () => {
  await using stopped = await exposing('setInterval(() => {}, 1000);');
  process.kill(stopped.pid, 'SIGSTOP');
  const { code, stderr } = await capture(['ps', String(stopped.pid)]);
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`^sluice: process ${stopped.pid} does not answer: it is stopped; kill -CONT`));
});
