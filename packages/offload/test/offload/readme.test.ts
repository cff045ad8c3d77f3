import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const codes = (text: string): string[] => [...new Set(text.match(/SLUICE_OFFLOAD_[A-Z_]+/g))].toSorted();

test("the README's error codes are the code's", async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const source = await readFile(new URL('../../src/errors/offload-error.ts', import.meta.url), 'utf8');
  const table = readme.slice(readme.indexOf('## Errors'));
  assert.deepEqual(codes(table), codes(source.slice(0, source.indexOf('export class'))));
});
