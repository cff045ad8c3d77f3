import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { itemStatesMarkdown } from './states-markdown.ts';

test('docs/item-states.md is the table that runs', async () => {
  const written = await readFile(new URL('../../../../docs/item-states.md', import.meta.url), 'utf8');
  assert.equal(written, itemStatesMarkdown(), 'run packages/engine/test/item/write-states.ts');
});
