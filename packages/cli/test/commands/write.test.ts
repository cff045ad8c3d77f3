import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '@sluice/databases';
import { capture } from '../support/captured-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LINES = [
  '{"id":1,"name":"ada"}',
  'no json',
  '{"id":2,"name":"bob"}',
  '{"id":1,"name":"again"}',
  '[3]',
  '{"id":3,"name":null}',
];

async function prepared(): Promise<{ list: string; url: string; bad: string } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const url = `sqlite:${join(folder.path, 'out.db')}`;
  await using database = await connect(url);
  await database.execute('create table people (id integer primary key, name text)');
  await writeFile(join(folder.path, 'rows.jsonl'), LINES.join('\n'));
  return {
    list: join(folder.path, 'rows.jsonl'),
    url,
    bad: join(folder.path, 'refused.jsonl'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function rowsOf(url: string): Promise<unknown[]> {
  await using database = await connect(url);
  return await database.query('select * from people order by id');
}

test('write keeps the good rows, names the bad ones by their line, and ends with 3', async () => {
  await using place = await prepared();
  const { code, stdout, stderr } = await capture(['write', place.list, '--to', place.url, '--table', 'people']);
  assert.equal(code, 3, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^line 2: no JSON value/m);
  assert.match(stderr, /^line 5 is no object/m);
  assert.match(stderr, /^line 4: .*UNIQUE/m);
  assert.match(stderr, /^3 rows written to people in .*; 3 bad$/m);
  assert.deepEqual(await rowsOf(place.url), [
    { id: 1, name: 'ada' },
    { id: 2, name: 'bob' },
    { id: 3, name: null },
  ]);
});

test('write brings rows up to date, keeps the bad ones in a file and tells the sum as JSON', async () => {
  await using place = await prepared();
  const args = ['write', place.list, '--to', place.url, '--table', 'people', '--on-conflict', 'update'];
  const { code, stdout, stderr } = await capture([...args, '--bad', place.bad, '--json']);
  assert.equal(code, 3, stderr);
  const { tookMs, ...sum } = JSON.parse(stdout) as Record<string, number>;
  assert.ok(tookMs! >= 0);
  assert.deepEqual(sum, { written: 4, skipped: 0, bad: 2 });
  const refused = (await readFile(place.bad, 'utf8')).trim().split('\n');
  assert.deepEqual(
    refused.map((line) => (JSON.parse(line) as { line: number }).line),
    [2, 5],
  );
  assert.deepEqual((await rowsOf(place.url))[0], { id: 1, name: 'again' });
});

const refusals = [
  {
    name: 'a list that is not there',
    args: ['nope.jsonl', '--to', 'sqlite:x.db', '--table', 't'],
    says: /cannot read nope\.jsonl: there is no such file/,
  },
  { name: 'a URL that is none', args: ['LIST', '--to', 'mongodb://x', '--table', 't'], says: /mongodb/ },
  {
    name: 'a variable that is not set',
    args: ['LIST', '--to', 'env:NO_SUCH_VARIABLE', '--table', 't'],
    says: /NO_SUCH_VARIABLE/,
  },
  { name: 'a table that is not there', args: ['LIST', '--to', 'URL', '--table', 'nowhere'], says: /nowhere/ },
  {
    name: 'a server that is down',
    args: ['LIST', '--to', 'postgres://u@127.0.0.1:1/d', '--table', 't'],
    says: /cannot reach PostgreSQL at 127\.0\.0\.1:1/,
  },
  {
    name: 'a file for bad rows that cannot be written',
    args: ['LIST', '--to', 'URL', '--table', 'people', '--bad', '/nowhere/x'],
    says: /cannot write \/nowhere\/x/,
  },
] as const;

for (const { name, args, says } of refusals) {
  test(`write refuses ${name} in one line, with 2`, async () => {
    await using place = await prepared();
    const { code, stderr } = await capture([
      'write',
      ...args.map((word) => (word === 'LIST' ? place.list : word === 'URL' ? place.url : word)),
    ]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.match(stderr.trim().split('\n').at(-1)!, /^sluice: /);
  });
}
