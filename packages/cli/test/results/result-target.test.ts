import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { CommandError } from '../../src/command-error.ts';
import { processHost } from '../../src/host.ts';
import { resultTarget } from '../../src/results/result-target.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function* texts(...pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

test('a file is replaced whole, and a failure in the middle leaves the old one and no draft', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'out.jsonl');
  await writeFile(path, 'old');
  const target = await resultTarget(path, processHost());
  async function* broken(): AsyncGenerator<string> {
    yield 'half';
    throw new Error('the ledger broke');
  }
  await assert.rejects(target.write(broken()), /the ledger broke/);
  assert.equal(await readFile(path, 'utf8'), 'old');
  await target.write(texts('new ', 'content'));
  assert.equal(await readFile(path, 'utf8'), 'new content');
  assert.deepEqual(await readdir(folder.path), ['out.jsonl']);
});

test('trying a target out leaves no file behind', async () => {
  await using folder = await temporaryFolder();
  await resultTarget(join(folder.path, 'out.csv'), processHost());
  assert.deepEqual(await readdir(folder.path), []);
});

test('a link stays a link, and what it points to is replaced', async () => {
  await using folder = await temporaryFolder();
  const [real, link] = [join(folder.path, 'real.jsonl'), join(folder.path, 'link.jsonl')];
  await writeFile(real, 'old');
  await symlink(real, link);
  await (await resultTarget(link, processHost())).write(texts('new'));
  assert.equal((await lstat(link)).isSymbolicLink(), true);
  assert.equal(await readFile(real, 'utf8'), 'new');
});

test('a device is written to and never replaced', async () => {
  await (await resultTarget('/dev/null', processHost())).write(texts('gone'));
  assert.equal((await stat('/dev/null')).isCharacterDevice(), true);
});

test('the format is told by the name, or said', async () => {
  await using folder = await temporaryFolder();
  const formatOf = async (name: string, format?: 'csv' | 'jsonl'): Promise<string> =>
    (await resultTarget(join(folder.path, name), processHost(), { format })).format;
  assert.equal(await formatOf('a.CSV'), 'csv');
  assert.equal(await formatOf('a.ndjson'), 'jsonl');
  assert.equal(await formatOf('a.txt', 'csv'), 'csv');
  await assert.rejects(formatOf('a.parquet'), /cannot tell the format/);
});

test('an output that cannot be written is refused before any work', async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'folder.jsonl'));
  await writeFile(join(folder.path, 'list.jsonl'), '');
  const refused: readonly (readonly [path: string, why: RegExp])[] = [
    ['missing/out.jsonl', /its folder does not exist/],
    ['folder.jsonl', /it is a folder/],
    ['list.jsonl/out.jsonl', /is no folder/],
    ['list.jsonl', /it is what this command reads/],
  ];
  for (const [name, why] of refused) {
    const path = join(folder.path, name);
    const target = resultTarget(path, processHost(), { not: [join(folder.path, 'list.jsonl')] });
    await assert.rejects(target, (error) => error instanceof CommandError && why.test(error.message), name);
  }
});
