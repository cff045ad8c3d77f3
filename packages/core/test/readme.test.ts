import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('.', import.meta.url));
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/\*\*(.+?)\*\*[^\n]*\n\n```ts\n([\s\S]*?)```/g)];

test('the README has six examples', () => {
  assert.equal(examples.length, 6);
});

for (const [, title, code] of examples) {
  test(`the README’s example runs and prints what it says: ${title}`, async (t) => {
    // A file inside the package, where its own name resolves: not every runtime evaluates modules from its command line.
    const place = await mkdtemp(join(folder, '.readme-'));
    t.after(() => rm(place, { recursive: true }));
    const file = join(place, 'example.ts');
    await writeFile(file, code!);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=@sluice/source', file], {
      timeout: 30_000,
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' },
    });
    const promised = [...code!.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, text]) => text!);
    assert.ok(promised.length > 0);
    for (const text of promised) assert.ok(stdout.includes(text), `${text} is not in ${stdout}`);
    assert.equal(stderr, '');
  });
}
