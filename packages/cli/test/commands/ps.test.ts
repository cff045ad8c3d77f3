import assert from 'node:assert/strict';
import { test } from 'node:test';
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
      assert.match(stdout, new RegExp(`^process ${process.pid}\\n`));
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
