import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { defineJob, type EngineError, from, type ItemSource, type ReadItem } from '@sluice/engine';
import { allOf } from '../support/all-of.ts';
import { start } from '../support/start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LINES = Array.from({ length: 20_000 }, (_, index) => `http://a.test/${index * 7919}`);
const TEXT = LINES.join('\n');

async function itemsOf<T>(source: ItemSource<T>, cursor: string | null = null): Promise<ReadItem<T>[]> {
  return (await allOf(source.read(cursor))).flatMap((batch) => batch.items);
}

/** Compressed in three parts one behind the other, as `cat a.gz b.gz`, pigz and pzstd make them; parts end inside a line. */
function inParts(compress: (text: Buffer) => Buffer): Buffer {
  const bytes = Buffer.from(TEXT);
  const cuts = [0, 10_001, 200_003, bytes.length];
  return Buffer.concat([0, 1, 2].map((part) => compress(bytes.subarray(cuts[part], cuts[part + 1]))));
}

for (const [name, compress] of [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const) {
  test(`a list compressed with ${name} gives every line of all its parts, and is counted, whatever it is called`, async () => {
    await using folder = await temporaryFolder();
    const path = folder.path('list.txt');
    await writeFile(path, inParts(compress));
    const source = from.lines(path);
    const facts = await source.facts();
    assert.equal(facts.isReadAgain, true);
    assert.notEqual(facts.fingerprint, null);
    const items = await itemsOf(source);
    assert.deepEqual(
      items.map(({ key }) => key),
      LINES,
    );
    assert.equal(await source.count?.(), LINES.length);
  });

  test(`a list compressed with ${name} goes on behind any batch`, async () => {
    await using folder = await temporaryFolder();
    const path = folder.path('list');
    await writeFile(path, inParts(compress));
    const source = from.lines(path);
    const batches = await allOf(source.read(null));
    assert.ok(batches.length > 3);
    let seen = 0;
    for (const { items, to } of batches) {
      seen += items.length;
      const rest = await itemsOf(source, to);
      assert.deepEqual(
        rest.map(({ position, key }) => [position, key]),
        LINES.slice(seen).map((line, index) => [seen + index + 1, line]),
      );
    }
  });

  test(`a list compressed with ${name} that was cut off gives what is whole and then says so, instead of ending`, async () => {
    await using folder = await temporaryFolder();
    const path = folder.path('cut');
    const whole = compress(Buffer.from(TEXT));
    await writeFile(path, whole.subarray(0, whole.length - 9));
    const seen: string[] = [];
    await assert.rejects(
      async () => {
        for await (const { items } of from.lines(path).read(null)) seen.push(...items.map(({ key }) => key));
      },
      (error: EngineError) => {
        assert.equal(error.code, 'SLUICE_SOURCE_UNREADABLE');
        assert.match(error.message, new RegExp(`begins as ${name} and is cut off or damaged`));
        return true;
      },
    );
    assert.deepEqual(seen, LINES.slice(0, seen.length));
  });
}

test('a text that is longer than its compressed list by thousands of times is a list like any other', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('dense.gz');
  await writeFile(path, gzipSync('a\n'.repeat(4_000_000)));
  let count = 0;
  for await (const { items } of from.lines(path).read(null)) count += items.length;
  assert.equal(count, 4_000_000);
});

test('a run over a compressed list that was stopped goes on where it stood, says that it reads again, and does nothing twice', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('list.gz');
  await writeFile(path, gzipSync(TEXT));
  const done: string[] = [];
  let stop = (): void => {};
  const job = defineJob({
    source: from.lines(path),
    key: (line) => line,
    idempotent: true,
    step: async (line) => {
      if (done.push(line) === 9000) stop();
      return null;
    },
  });
  const ledger = folder.path('list.run.db');
  await using first = await start(job, { ledger });
  stop = () => first.drain();
  assert.equal(first.readsAgain, false);
  assert.equal((await first.finished).state, 'stopped');
  await using second = await start(job, { ledger });
  assert.equal(second.readsAgain, true);
  assert.equal((await second.finished).state, 'complete');
  assert.deepEqual(done.toSorted(), LINES.toSorted());
});
