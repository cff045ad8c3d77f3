import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { retry, sleepForever, TimeoutError, taskGroup, UsageError, waitFixed } from '@sluice/core';
import {
  answerRequests,
  askProcess,
  exposedProcesses,
  exposeTaskTree,
  readTaskTree,
  TaskTreeError,
} from '@sluice/core/node';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { runProgram } from '../programs/run-program.ts';

expectNothingLeft();

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-ps-'));
  process.env.XDG_RUNTIME_DIR = folder;
});
after(async () => {
  delete process.env.XDG_RUNTIME_DIR;
  await rm(folder, { recursive: true });
});

test('the socket is for this user alone, answers with the tree, and is gone after close', async () => {
  await taskGroup(async (group) => {
    const task = group.spawn(sleepForever, { name: 'idle' });
    await using exposed = await exposeTaskTree();
    assert.equal((await stat(exposed.path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, 'sluice'))).mode & 0o777, 0o700);
    assert.deepEqual(await exposedProcesses(), [process.pid]);
    const tree = await readTaskTree(process.pid);
    assert.equal(tree.kind, 'process');
    assert.match(JSON.stringify(tree), /"name":"idle","state":"waiting","sinceMs":\d+,"waitsOn":\["sleepForever"\]/);
    task.cancel();
  });
  assert.deepEqual(await readdir(join(folder, 'sluice')), []);
  await assert.rejects(() => readTaskTree(process.pid), /does not show its task tree: start it with SLUICE_PS=1/);
});

test('exposed twice, the tree can be read until both are closed', async () => {
  const first = await exposeTaskTree();
  const second = await exposeTaskTree();
  assert.equal(first.path, second.path);
  await first.close();
  await first.close();
  assert.equal((await readTaskTree(process.pid)).kind, 'process');
  await second.close();
  await assert.rejects(() => readTaskTree(process.pid), TaskTreeError);
});

test('a request that is none is refused, and a client that breaks off or floods harms nobody', async () => {
  await using exposed = await exposeTaskTree();
  const ask = (request: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(exposed.path, () => socket.write(request));
      socket.on('data', (chunk) => {
        answer += String(chunk);
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  for (const request of ['{}\n', 'no JSON\n', '{"tree":false}\n', 'null\n']) {
    assert.match(await ask(request), /what is answered is \{\\"tree\\":true\}/);
  }
  assert.equal(await ask('x'.repeat(5000)), '');
  const rude = connect(exposed.path);
  await new Promise((resolve) => rude.once('connect', resolve));
  rude.destroy();
  assert.equal((await readTaskTree(process.pid)).kind, 'process');
});

test('what a process answers by name can be asked until it is taken back; what its answer throws is said to who asked', async () => {
  await using _exposed = await exposeTaskTree();
  {
    using _double = answerRequests('double', async (argument) => {
      if (typeof argument !== 'number') throw new UsageError('double takes a number');
      return argument * 2;
    });
    using _nothing = answerRequests('nothing', () => {});
    assert.equal(await askProcess(process.pid, 'double', 21), 42);
    assert.equal(await askProcess(process.pid, 'nothing', {}), null);
    await assert.rejects(askProcess(process.pid, 'double', 'x'), /double takes a number/);
    assert.throws(() => answerRequests('double', () => 1), UsageError);
    assert.throws(() => answerRequests('tree', () => 1), UsageError);
  }
  await assert.rejects(askProcess(process.pid, 'double', 21), /what is answered is \{"tree":true\}/);
});

test('a socket that a dead process left is ignored, and replaced by a process of the same number', async () => {
  await mkdir(join(folder, 'sluice'), { recursive: true, mode: 0o700 });
  const stale = join(folder, 'sluice', '999999999.sock');
  await writeFile(stale, '');
  await writeFile(join(folder, 'sluice', `${process.pid}.sock`), '');
  await using exposed = await exposeTaskTree();
  assert.equal((await lstat(exposed.path)).isSocket(), true);
  assert.deepEqual(await exposedProcesses(), [process.pid]);
  await assert.rejects(() => readTaskTree(999_999_999), /there is no process 999999999/);
  await rm(stale);
});

test('a folder that others can read is closed to them, and one that is no folder is refused', async () => {
  await rm(join(folder, 'sluice'), { recursive: true, force: true });
  await mkdir(join(folder, 'sluice'));
  await chmod(join(folder, 'sluice'), 0o755);
  await (await exposeTaskTree()).close();
  assert.equal((await stat(join(folder, 'sluice'))).mode & 0o777, 0o700);
  await rm(join(folder, 'sluice'), { recursive: true });
  const elsewhere = join(folder, 'elsewhere');
  await mkdir(elsewhere);
  await symlink(elsewhere, join(folder, 'sluice'));
  await assert.rejects(() => exposeTaskTree(), TaskTreeError);
  await rm(join(folder, 'sluice'));
});

test('a program that imports the entry shows its tree under SLUICE_PS=1, and removes the socket when it is interrupted', async () => {
  process.env.SLUICE_PS = '1';
  let seen: Promise<unknown> | undefined;
  try {
    const ending = await runProgram('exposed', {
      args: ['imports'],
      onOutput: (_, child) => {
        // It may take the program a moment to listen.
        const read = (): Promise<unknown> =>
          retry(() => readTaskTree(child.pid!), { attempts: 100, wait: waitFixed(50) });
        seen ??= Promise.allSettled([read()]).finally(() => child.kill('SIGINT'));
      },
    });
    assert.match(JSON.stringify(await seen), /waits for ever/);
    assert.equal(ending.signal, 'SIGINT');
  } finally {
    delete process.env.SLUICE_PS;
  }
});

test('an exposed tree does not keep the process alive, and leaves no socket behind', async () => {
  const ending = await runProgram('exposed', { args: ['ends'] });
  assert.equal(ending.code, 0, ending.stderr);
  await assert.rejects(() => lstat(ending.stdout.trim()), { code: 'ENOENT' });
});

test('a process that does not answer in time is a timeout', async () => {
  await mkdir(join(folder, 'sluice'), { recursive: true, mode: 0o700 });
  const silent = createServer((socket) => void socket.resume());
  await new Promise<void>((resolve) => silent.listen(join(folder, 'sluice', `${process.pid}.sock`), resolve));
  await assert.rejects(() => readTaskTree(process.pid, { timeout: '50ms' }), TimeoutError);
  await new Promise((resolve) => silent.close(resolve));
});
