import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startLab } from '@sluice/lab';

const readme = readFileSync('README.md', 'utf8');
const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

test('the README has programs', () => assert.ok(programs.length >= 4));

for (const [index, program] of programs.entries()) {
  test(`program ${index + 1} of the README runs`, async () => {
    await using lab = await startLab();
    const folder = await mkdtemp(join(process.cwd(), 'examples/.readme-'));
    try {
      const file = join(folder, 'program.ts');
      await writeFile(file, program.replaceAll('https://httpbin.org', lab.url));
      const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@sluice/source', file], {
        cwd: folder,
        timeout: 60_000,
      });
      assert.notEqual(stdout, '');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

test('every file that the README links to exists', () => {
  for (const [, target] of readme.matchAll(/\]\((?!http)([^)#]+)\)/g)) assert.ok(existsSync(target!), target);
});
