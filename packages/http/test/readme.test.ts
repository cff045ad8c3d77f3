import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HTTP_ERRORS } from '@sluice/http';
import { pathOf, rawServer, response } from './support/raw-server.ts';

const packageFolder = new URL('../', import.meta.url);
const readme = await readFile(new URL('README.md', packageFolder), 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);

test('the README has examples', () => {
  assert.ok(examples.length >= 3);
});

for (const [index, example] of examples.entries()) {
  test(`example ${index + 1} of the README runs`, async () => {
    await using server = await rawServer((socket, request) => {
      if (pathOf(request).startsWith('/busy')) socket.write(response(503, ['retry-after: 1'], 'later'));
      else if (pathOf(request).startsWith('/slow')) return;
      else socket.write(response(200, ['content-type: application/json'], '{"name":"Ada"}'));
    });
    const code = example.replaceAll('https://api.example', server.url);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@sluice/source', '--input-type=module-typescript', '-e', code],
      { cwd: fileURLToPath(packageFolder), timeout: 30_000 },
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
