import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const page = readFileSync('docs/guide/five-surprises.md', 'utf8');
const files = globSync('examples/five-surprises/*.ts').sort();

test('the page has five surprises, with a program each', () => {
  assert.equal(page.match(/^## \d\. /gm)?.length, 5);
  assert.equal(files.length, 5);
});

for (const file of files) {
  test(`the page shows ${file} as it is, and what it prints`, async () => {
    const shown = new RegExp(
      `\\(\\.\\./\\.\\./${file}\\):\\n\\n\`\`\`ts\\n([\\s\\S]*?)\`\`\`\\n\\n\`\`\`text\\n([\\s\\S]*?)\`\`\``,
    ).exec(page);
    assert.ok(shown !== null, `${basename(file)} is not on the page`);
    assert.equal(shown[1], readFileSync(file, 'utf8'));
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@sluice/source', file]);
    assert.equal(stdout, shown[2]);
  });
}
