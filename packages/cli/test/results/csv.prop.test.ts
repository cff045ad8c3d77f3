import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toOutcomeRecord } from '@sluice/engine/records';
import fc from 'fast-check';
import { CSV_HEAD, csvLine } from '../../src/results/csv.ts';
import { outcomeOf } from './outcome.ts';

/** A plain reader of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  for (let match = cell.exec(text); match !== null; match = cell.exec(text)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

test('whatever a server sends is read back from CSV as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (key, text) => {
      const line = csvLine(toOutcomeRecord(outcomeOf({ key, text })));
      const [head, row] = readCsv(CSV_HEAD + line);
      const read = Object.fromEntries(head!.map((name, index) => [name, row![index]]));
      assert.equal(read.key, key);
      assert.equal(read.text, text);
      assert.deepEqual(JSON.parse(read.headers!), [['content-type', 'text/plain']]);
      assert.equal(read.value, '');
    }),
  );
});

for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1']) {
  test(`a cell that begins like ${JSON.stringify(text)} is guarded on request, and only then`, () => {
    const record = toOutcomeRecord(outcomeOf({ key: text }));
    assert.match(csvLine(record, { guardFormulas: true }), /^"?'/);
    assert.doesNotMatch(csvLine(record), /^"?'/);
  });
}

test('guarding leaves numbers and other text alone', () => {
  const record = toOutcomeRecord(outcomeOf({ key: 'a=1', position: -1 }));
  assert.match(csvLine(record, { guardFormulas: true }), /^a=1,-1,/);
});
