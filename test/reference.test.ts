import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as core from '@sluice/core';
import * as node from '@sluice/core/node';
import * as testing from '@sluice/core/testing';
import { referencePage } from '../scripts/reference.ts';

const written = readFileSync('docs/reference/core.md', 'utf8');

test('docs/reference/core.md is what the comments say (npm run docs writes it), and every public name has a comment', () => {
  execFileSync('node_modules/.bin/tsc', ['-b', 'packages/core']);
  assert.equal(written, referencePage());
});

test('every value that the core exports has a heading in its reference', () => {
  for (const name of Object.keys({ ...core, ...node, ...testing }))
    assert.ok(written.includes(`\n### ${name}\n`), name);
});

test('every link of the reference leads to a heading of the page', () => {
  const seen = new Map<string, number>();
  const anchors = new Set(
    [...written.matchAll(/^#+ (.+)$/gm)].map(([, title]) => {
      const name = title!
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-');
      const before = seen.get(name) ?? 0;
      seen.set(name, before + 1);
      return before === 0 ? name : `${name}-${before}`;
    }),
  );
  const links = [...written.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
  assert.ok(links.length > 100);
  assert.deepEqual(
    links.filter((anchor) => !anchors.has(anchor)),
    [],
  );
});
