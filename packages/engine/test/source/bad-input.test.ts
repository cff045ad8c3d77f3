import assert from 'node:assert/strict';
import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type EngineError, from, type ItemSource, type ReadItem } from '@sluice/engine';
import { allOf } from '../support/all-of.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function shownOf(content: string | Buffer, open: (path: string) => ItemSource<unknown>): Promise<unknown[]> {
  await using folder = await temporaryFolder();
  const path = folder.path('list');
  await writeFile(path, content);
  const batches = await allOf(open(path).read(null));
  return batches
    .flatMap((batch): readonly ReadItem<unknown>[] => batch.items)
    .map(({ position, input }) => [position, input.ok ? input.value : (input.error as EngineError).code]);
}

const LINES: readonly (readonly [string, string | Buffer, readonly unknown[]])[] = [
  [
    'a byte-order mark',
    '\ufeffa\nb',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'a byte-order mark in front of a later line, which is space like any other',
    'a\n\ufeffb',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'CRLF',
    'a\r\nb\r\n',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'lone CRs, as of an old Mac',
    'a\rb\r',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'all endings mixed',
    'a\rb\r\nc\nd\r\r\ne',
    [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
      [6, 'e'],
    ],
  ],
  [
    'a NUL in a line',
    'a\nb\0c\nd',
    [
      [1, 'a'],
      [2, 'SLUICE_INPUT_TEXT'],
      [3, 'd'],
    ],
  ],
  [
    'bytes that are no UTF-8',
    Buffer.from('a\ncaf\xe9\nd', 'latin1'),
    [
      [1, 'a'],
      [2, 'SLUICE_INPUT_TEXT'],
      [3, 'd'],
    ],
  ],
  [
    'half a surrogate in UTF-8',
    Buffer.from([0xed, 0xa0, 0x80, 10, 0x61]),
    [
      [1, 'SLUICE_INPUT_TEXT'],
      [2, 'a'],
    ],
  ],
  [
    'a last line without an ending',
    'a\nb',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'a last line cut inside a character',
    Buffer.from('a\nü').subarray(0, 3),
    [
      [1, 'a'],
      [2, 'SLUICE_INPUT_TEXT'],
    ],
  ],
  [
    'a line of 10 MB',
    `a\n${'x'.repeat(10_000_000)}\nb`,
    [
      [1, 'a'],
      [2, 'SLUICE_INPUT_TOO_LONG'],
      [3, 'b'],
    ],
  ],
  [
    'a line of 1 MiB and one of a byte more',
    `${'x'.repeat(1_048_577)}\n#${'x'.repeat(1_048_575)}\nb`,
    [
      [1, 'SLUICE_INPUT_TOO_LONG'],
      [3, 'b'],
    ],
  ],
];
for (const [name, content, items] of LINES) {
  test(`lines with ${name}`, async () => {
    assert.deepEqual(await shownOf(content, from.lines), items);
  });
}

const JSON_LINES: readonly (readonly [string, string, readonly unknown[]])[] = [
  [
    'a byte-order mark and CRLF',
    '\ufeff{"a":1}\r\n[2]\r\n',
    [
      [1, { a: 1 }],
      [2, [2]],
    ],
  ],
  [
    'a last line that was cut off',
    '{"a":1}\n{"a":',
    [
      [1, { a: 1 }],
      [2, 'SLUICE_INPUT_JSON'],
    ],
  ],
  [
    'a line of 10 MB',
    `1\n"${'x'.repeat(10_000_000)}"\n3`,
    [
      [1, 1],
      [2, 'SLUICE_INPUT_TOO_LONG'],
      [3, 3],
    ],
  ],
];
for (const [name, content, items] of JSON_LINES) {
  test(`JSON lines with ${name}`, async () => {
    assert.deepEqual(await shownOf(content, from.jsonl), items);
  });
}

test('lines that are added while a list is read belong to it, and what is read stays what it was; when the run goes on it is a changed list', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('list');
  await writeFile(path, 'first\n'.repeat(20_000));
  const source = from.lines(path);
  const before = await source.facts();
  const keys: string[] = [];
  for await (const { items } of source.read(null)) {
    if (keys.length === 0) await appendFile(path, 'added\n');
    keys.push(...items.map(({ key }) => key));
  }
  assert.deepEqual(keys, [...Array(20_000).fill('first'), 'added']);
  assert.notEqual((await source.facts()).fingerprint, before.fingerprint);
});

test('a change in the middle of a large list is seen by the time of the change; one that sets the time back is not, as the documentation says', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('list');
  const edge = 'x\n'.repeat(50_000);
  const then = new Date(1_700_000_000_000);
  const fingerprintOf = async (middle: string, time: Date): Promise<string | null> => {
    await writeFile(path, `${edge}${middle}\n${edge}`);
    await utimes(path, time, time);
    return (await from.lines(path).facts()).fingerprint;
  };
  const original = await fingerprintOf('a', then);
  assert.equal(await fingerprintOf('a', then), original);
  assert.notEqual(await fingerprintOf('b', new Date(1_700_000_001_000)), original);
  assert.equal(await fingerprintOf('b', then), original);
});

test('a small list that was written again with the same content is the same list: it is hashed whole', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('list');
  const fingerprintOf = async (content: string, seconds: number): Promise<string | null> => {
    await writeFile(path, content);
    await utimes(path, seconds, seconds);
    return (await from.lines(path).facts()).fingerprint;
  };
  const original = await fingerprintOf('a\nb\nc\n', 1_700_000_000);
  assert.equal(await fingerprintOf('a\nb\nc\n', 1_800_000_000), original);
  assert.notEqual(await fingerprintOf('a\nx\nc\n', 1_700_000_000), original);
});
