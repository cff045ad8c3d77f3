import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { defineJob, from } from '@sluice/engine';
import { start } from '../support/start.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const LINES = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
const LIST = `${LINES.join('\n')}\n`;

/** The list in pieces that end anywhere. */
function* pieces(): Generator<Buffer> {
  const bytes = Buffer.from(LIST);
  for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777);
}

function recording(source: ReturnType<typeof from.spooled>, done: string[], gate = Promise.resolve()) {
  return defineJob({
    source,
    idempotent: true,
    definition: {},
    concurrency: 8,
    step: async (line) => {
      await gate;
      done.push(line);
    },
  });
}

test('a stream is worked on while it is kept, and takes its name when it is whole', async () => {
  await using folder = await temporaryFolder();
  const spool = folder.path('a.list');
  const done: string[] = [];
  let isHeld = true;
  const slow = async function* (): AsyncGenerator<Buffer> {
    for (const piece of pieces()) {
      yield piece;
      if (done.length > 100) await until('the test has looked', () => !isHeld);
    }
  };
  await using run = await start(recording(from.spooled(Readable.from(slow()), spool), done), {
    ledger: folder.path('a.db'),
  });
  await until('some are done', () => done.length > 100);
  assert.deepEqual([existsSync(spool), existsSync(`${spool}.part`)], [false, true]);
  isHeld = false;
  const report = await run.finished;
  assert.equal(report.progress.done, LINES.length);
  assert.deepEqual(done.toSorted(), LINES.toSorted());
  assert.equal(await readFile(spool, 'utf8'), LIST);
  assert.equal(existsSync(`${spool}.part`), false);
});

test('a run that stopped goes on without the stream when all of it had come', async () => {
  await using folder = await temporaryFolder();
  const spool = folder.path('a.list');
  const done: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = await start(recording(from.spooled(Readable.from(pieces()), spool), done, gate), {
    ledger: folder.path('a.db'),
  });
  // Nothing is done, and little is read of it, when the stream ends.
  await until('it is whole', () => existsSync(spool));
  open();
  first.drain();
  assert.equal((await first.finished).state, 'stopped');
  assert.ok(done.length < LINES.length);

  const report = await recording(from.spooled(Readable.from([]), spool), done).run({ ledger: folder.path('a.db') });
  assert.deepEqual([report.state, report.progress.done], ['complete', LINES.length]);
  assert.deepEqual(done.toSorted(), LINES.toSorted());
});

test('what had not come to its end is read again from its beginning, and nothing is done twice', async () => {
  await using folder = await temporaryFolder();
  const spool = folder.path('a.list');
  const done: string[] = [];
  const cut = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from(LIST.slice(0, 3000));
    await new Promise(() => {});
  };
  const first = await start(recording(from.spooled(Readable.from(cut()), spool), done), {
    ledger: folder.path('a.db'),
  });
  await until('some are done', () => done.length > 100);
  first.drain();
  await first.finished;
  assert.deepEqual([existsSync(spool), existsSync(`${spool}.part`)], [false, true]);
  const report = await recording(from.spooled(Readable.from(pieces()), spool), done).run({
    ledger: folder.path('a.db'),
  });
  assert.equal(report.progress.done, LINES.length);
  assert.deepEqual(done.toSorted(), LINES.toSorted());
});

test('another list than the one that was kept is refused, the same one is not', async () => {
  await using folder = await temporaryFolder();
  const spool = folder.path('a.list');
  await writeFile(spool, LIST);
  for (const other of [`${LIST}more\n`, LIST.slice(0, -6), LIST.replace('line 4000', 'line four')]) {
    await assert.rejects(from.spooled(Readable.from([other]), spool).facts(), { code: 'SLUICE_INPUT_CHANGED' });
  }
  for (const same of [Readable.from(pieces()), Readable.from([])]) {
    const source = from.spooled(same, spool);
    assert.equal((await source.facts()).fingerprint, null);
    assert.equal(await source.count!(), LINES.length);
  }
});

test('an empty stream has no item, and a file that cannot be made says where and why', async () => {
  await using folder = await temporaryFolder();
  const done: string[] = [];
  const empty = recording(from.spooled(Readable.from([]), folder.path('a.list')), done);
  await assert.rejects(empty.run({ ledger: folder.path('a.db') }), { code: 'SLUICE_SOURCE_EMPTY' });
  const nowhere = recording(from.spooled(Readable.from(pieces()), folder.path('none/a.list')), done);
  await assert.rejects(nowhere.run({ ledger: folder.path('b.db') }), {
    code: 'SLUICE_SOURCE_SPOOL',
    message: /cannot keep the list of standard input in .*none\/a\.list: ENOENT/,
  });
});
