import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const runFile = promisify(execFile);
const tsc = resolve('node_modules/.bin/tsc');
// What a user's shell does not have: the condition under which this workspace runs its sources.
const env = { ...process.env, NODE_OPTIONS: undefined, NODE_TEST_CONTEXT: undefined };
let project: string;

/** A project outside the workspace that has nothing but the packed package, installed without a network. */
before(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'sluice-packed-')));
  await runFile(tsc, ['-b', 'packages/core']);
  // Without prepack, which empties the dist folder that others may be using.
  const pack = ['pack', '--ignore-scripts', '--pack-destination', project];
  await runFile('npm', pack, { cwd: 'packages/core', env });
  const [tarball] = (await readdir(project)).filter((name) => name.endsWith('.tgz'));
  await writeFile(join(project, 'package.json'), '{ "name": "newcomer", "private": true, "type": "module" }');
  await runFile('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: project, env });
});

after(() => rm(project, { recursive: true, force: true }));

/** What tsc says of a newcomer's file: strict, with the default library and no types of Node. */
async function typeCheck(name: string, code: string): Promise<string> {
  await writeFile(join(project, name), code);
  const flags = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext', '--pretty', 'false'];
  const types = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--types', ''];
  const run = runFile(tsc, ['--ignoreConfig', ...flags, ...types, name], { cwd: project, env });
  return (await run.catch((error: { stdout: string }) => error)).stdout;
}

test('the packed core runs under plain node outside the workspace, its testing and node parts too', async () => {
  const program = `
    import { map, run, Semaphore, sleep, timeout } from '@sluice/core';
    import { exposedProcesses } from '@sluice/core/node';
    import { testRun } from '@sluice/core/testing';
    const semaphore = new Semaphore(2);
    const lengths = await run(() =>
      timeout('5s', () => map(['a', 'bb', 'ccc'], (word) => semaphore.with(async () => { await sleep(1); return word.length; }))),
    );
    const late = await testRun(() => timeout('1h', () => sleep('2h'))).catch((error) => error);
    console.log(JSON.stringify(lengths), late.code, typeof exposedProcesses);
    console.log(import.meta.resolve('@sluice/core').endsWith('/node_modules/@sluice/core/dist/index.js'));
  `;
  await writeFile(join(project, 'program.js'), program);
  const { stdout, stderr } = await runFile(process.execPath, ['program.js'], { cwd: project, env });
  assert.equal(stdout, '[1,2,3] SLUICE_TIMEOUT function\ntrue\n');
  assert.equal(stderr, '');
});

test('a newcomer’s file is type-checked against the packed types, with nothing to annotate', async () => {
  const code = `
    import { gather, map, run, Semaphore, timeout } from '@sluice/core';
    type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
    const is = <Expected>() => <Given>(_given: Given, ..._same: Same<Given, Expected> extends true ? [] : ['another type']) => {};
    async function* pages(): AsyncGenerator<{ id: number }> { yield { id: 1 }; }
    const words = ['a', 'bb'] as const;
    const result = await run(async () => {
      const semaphore = new Semaphore(10);
      using permit = await semaphore.acquire();
      const lengths = await map(words, (word) => { is<'a' | 'bb'>()(word); return word.length; });
      const ids = await map(pages(), async (page) => page.id, { concurrency: semaphore });
      const both = await gather([async () => 'text', () => ids, async () => ({ lengths })]);
      return await timeout('5s', () => both);
    });
    is<[string, number[], { lengths: number[] }]>()(result);
  `;
  assert.equal(await typeCheck('newcomer.ts', code), '');
});

test('the type error of a bare promise in gather says what to write instead', async () => {
  const code = `
    import { gather, gatherSettled } from '@sluice/core';
    declare function get(id: string): Promise<number>;
    const a = 'a';
    await gather([get(a)]);
    await gather([() => get(a), get(a)]);
    await gatherSettled(['a', 'b'].map((id) => get(id)));
  `;
  const errors = (await typeCheck('mistaken.ts', code)).split('\n').filter((line) => line.startsWith('mistaken.ts'));
  assert.equal(errors.length, 3);
  for (const [index, error] of errors.entries()) {
    assert.ok(error.startsWith(`mistaken.ts(${5 + index},`), error);
    assert.match(error, /gather\(\) takes functions or tasks: write \(\) => get\(a\) instead of get\(a\)/);
  }
});
