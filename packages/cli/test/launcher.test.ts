import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VERSION } from '../src/version.ts';
import { childEnv } from './support/sluice.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/sluice.js', import.meta.url));
const PACKAGE = new URL('../package.json', import.meta.url);
const options = { env: childEnv() };
/** Runs a launcher as an old Node.js would: it sees only the version's number. */
const asNode = (version: string, launcher: string): string[] => [
  '--input-type=module',
  '--eval',
  `Object.defineProperty(process.versions, 'node', { value: '${version}' }); await import('${launcher}')`,
];

test('the launcher runs the sources in the workspace, and says the version of the package', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [LAUNCHER, '--version'], options);
  assert.deepEqual({ stdout, stderr }, { stdout: `${VERSION}\n`, stderr: '' });
  assert.equal((JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string }).version, VERSION);
});

test('an old Node.js is told in one line with status 2', async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'bin'));
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  await copyFile(LAUNCHER, join(folder.path, 'bin/sluice.js'));
  const args = asNode('18.20.0', join(folder.path, 'bin/sluice.js'));
  const ended = promisify(execFile)(process.execPath, args, options);
  await assert.rejects(ended, (error: { code: number; stderr: string }) => {
    assert.equal(error.code, 2);
    assert.match(error.stderr, /^sluice: this is Node\.js 18\.20\.0, and sluice needs 24 or newer: .*\n$/);
    return true;
  });
});

test('under an old Node.js the workspace runs its own, in a child that gets the signals and gives its status', async () => {
  const args = asNode('20.0.0', LAUNCHER);
  const child = spawn(
    process.execPath,
    ['--import', 'data:text/javascript,process.execve=undefined', ...args, 'x', 'lab'],
    { ...options, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const status = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  child.kill('SIGINT');
  assert.equal(await status, 0);
});
