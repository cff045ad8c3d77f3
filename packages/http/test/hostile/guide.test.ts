import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { behaviour, guideSections, whatSluiceDoes } from './guide-rows.ts';

const page = readFileSync(new URL('../../../../docs/guide/http.md', import.meta.url), 'utf8');

test('docs/guide/http.md has every behaviour of the lab, in its section, with what Sluice does', () => {
  for (const { title, cases } of guideSections()) {
    const section = page.split(`### ${title}\n`)[1]?.split('\n### ')[0];
    assert.ok(section !== undefined, `${title}: run npm run compare:http`);
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    assert.equal(rows.length, cases.length, `${title}: run npm run compare:http`);
    for (const [index, hostile] of cases.entries()) {
      const row = rows[index] as string;
      assert.ok(row.startsWith(`${behaviour(hostile)} `), `${row}: run npm run compare:http`);
      assert.ok(row.endsWith(` | ${whatSluiceDoes(hostile)} |`), `${row}: run npm run compare:http`);
    }
  }
});
