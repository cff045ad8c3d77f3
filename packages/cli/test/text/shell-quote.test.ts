import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { shellCommand, shellQuote } from '../../src/text/shell-quote.ts';

test('words without special characters stay as they are', () => {
  assert.equal(shellCommand(['fetch', 'urls.txt', '--per-host', '4']), 'fetch urls.txt --per-host 4');
  assert.equal(shellQuote('a b'), "'a b'");
  assert.equal(shellQuote("it's"), `'it'\\''s'`);
  assert.equal(shellQuote(''), "''");
});

test('a word with control characters is shown with escapes', () => {
  assert.equal(shellQuote('a\x1b[0m\n'), "$'a\\x1b[0m\\x0a'");
});

test('a shell reads every word back as it was', async () => {
  const word = fc
    .string({ unit: 'binary', maxLength: 40 })
    .filter((text) => text.isWellFormed() && !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), async (words) => {
      const { stdout } = await promisify(execFile)('bash', ['-c', `printf '%s\\0' ${shellCommand(words)}`], {
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      assert.deepEqual(stdout.split('\0').slice(0, -1), words);
    }),
    { numRuns: 25 },
  );
});
