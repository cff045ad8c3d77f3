import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { HTTP_ERRORS } from '@sluice/http';
import { certificateServer, http2Server, readmeFolder, readmeServer } from './support/readme-place.ts';

const packageFolder = new URL('../', import.meta.url);
const readme = await readFile(new URL('README.md', packageFolder), 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);

test('the README has examples', () => {
  assert.ok(examples.length >= 3);
});

for (const [index, example] of examples.entries()) {
  test(`example ${index + 1} of the README runs`, async () => {
    await using server = await readmeServer();
    await using secure = await certificateServer();
    await using fast = await http2Server();
    await using folder = await readmeFolder();
    const code = example
      .replaceAll('https://api.example', server.url)
      .replaceAll('https://secure.example', secure.url)
      .replaceAll('https://fast.example', fast.url);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@sluice/source', '--input-type=module-typescript', '-e', code],
      { cwd: folder.path, timeout: 30_000 },
    );
    const expected = [...example.matchAll(/console\.log\(.*?\/\/ (.*)$/gm)].map((match) => match[1]!);
    assert.deepEqual(stdout.trim().split('\n'), expected);
  });
}

test('the table of codes in the README is the one in the code', () => {
  const rows = [...readme.matchAll(/^\| `(SLUICE_HTTP_\w+)` +\| `([\w-]+)` +\| (.*?) +\|$/gm)].map((match) => [
    match[1],
    { class: match[2], meaning: match[3] },
  ]);
  assert.deepEqual(Object.fromEntries(rows), HTTP_ERRORS);
});
