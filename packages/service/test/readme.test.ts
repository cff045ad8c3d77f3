import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from './support/with-service.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

test('the README has its two programs', () => assert.equal(programs.length, 2));

for (const [index, program] of programs.entries()) {
  test(`program ${index + 1} of the README runs to its end`, async () => {
    await using folder = await temporaryFolder();
    // Beside the tests, so that imports are found; run elsewhere, so that nothing is left here.
    const file = fileURLToPath(new URL(`./.readme-${process.pid}-${index}.ts`, import.meta.url));
    await writeFile(file, program.replace('port: 8787', 'port: 0'));
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@sluice/source', file], {
        cwd: folder.path,
        timeout: 30_000,
      });
      assert.notEqual(stdout, '');
    } finally {
      await rm(file);
    }
  });
}
