import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ItemState, RecordedItem, Settlement, SourceItem } from '../../src/contract.ts';
import { WriterSession } from '../../src/thread/writer-session.ts';
import { writeIntent, writeRelease, writeSettlement } from '../../src/wire/entries.ts';
import { TapeWriter } from '../../src/wire/tape.ts';
import { again, done, failed, item, NEW_RUN } from '../contract/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** What the model knows of a recorded item. */
interface ModelRecord {
  readonly state: ItemState;
  readonly attempts: number;
}

/**
 * A source of `keys` (some of them twice), a worker that holds leases, and a model of what the file must contain. Uncommitted changes live
 * in `pending`, and a crash forgets them together with all leases.
 */
class Harness {
  readonly #path: string;
  readonly #keys: readonly string[];
  #session: WriterSession;
  #committed = new Map<string, ModelRecord>();
  #pending = new Map<string, ModelRecord>();
  #held: (SourceItem | RecordedItem)[] = [];
  #next = 0;
  #cursor = 0;
  /** What the worker held, and how far it had read, at the last commit. */
  #before: { readonly held: readonly (SourceItem | RecordedItem)[]; readonly next: number } = { held: [], next: 0 };

  constructor(path: string, keys: readonly string[]) {
    this.#path = path;
    this.#keys = keys;
    this.#session = new WriterSession(path, { create: NEW_RUN, maxBytes: null });
  }

  admit(count: number): void {
    const from = this.#next;
    const to = Math.min(from + count, this.#keys.length);
    if (from === to && from > 0) return;
    const batch = this.#keys.slice(from, to).map((key, index) => item(from + index + 1, key));
    const verdicts = this.#session.admit({
      from: String(from),
      to: String(to),
      last: to === this.#keys.length,
      positions: Float64Array.from(batch, ({ position }) => position),
      keys: batch.map(({ key }) => key),
    });
    for (const [index, of] of batch.entries()) {
      if (verdicts[index] !== 'fresh') continue;
      assert.ok(!this.#pending.has(of.key), `${of.key} is recorded, and said to be fresh`);
      assert.ok(!this.#held.some(({ key }) => key === of.key), `${of.key} is leased twice`);
      this.#held.push(of);
    }
    this.#next = to;
  }

  settle(pick: number, verdict: 'done' | 'again' | 'failed', emits: readonly string[]): void {
    const of = this.#take(pick);
    if (of === undefined) return;
    const make = { done, again: (held: typeof of, change: Partial<Settlement>) => again(held, 5, change), failed }[
      verdict
    ];
    const known = new Set([...this.#pending.keys(), ...this.#held.map(({ key }) => key), of.key]);
    const tape = new TapeWriter();
    writeSettlement(tape, make(of, { emits: emits.map((key) => ({ key, host: 'a.test', input: null })) }));
    this.#session.batch(tape.seal());
    const attempts = ('attempts' in of ? of.attempts : 0) + 1;
    this.#pending.set(of.key, { state: verdict === 'again' ? 'pending' : verdict, attempts });
    for (const key of emits) if (!known.has(key)) this.#pending.set(key, { state: 'pending', attempts: 0 });
  }

  intent(pick: number): void {
    const of = this.#take(pick);
    if (of === undefined) return;
    const id = 'id' in of ? of.id : of.position;
    const attempts = ('attempts' in of ? of.attempts : 0) + 1;
    const tape = new TapeWriter();
    writeIntent(
      tape,
      { id, key: of.key, host: of.host, input: null, attempt: attempts, spent: null, method: 'POST', url: 'u' },
      0,
    );
    // What was announced is reported on later, or given back, as any other leased item; a fresh one is a recorded one by now.
    this.#session.batch(tape.seal());
    this.#pending.set(of.key, { state: 'leased', attempts });
    this.#held.push({ id, key: of.key, host: of.host, input: null, state: 'leased', attempts, spent: null });
  }

  release(pick: number): void {
    const of = this.#take(pick);
    if (of === undefined) return;
    const tape = new TapeWriter();
    writeRelease(tape, 'id' in of ? of.id : of.position);
    this.#session.batch(tape.seal());
    if ('id' in of) this.#pending.set(of.key, { state: 'pending', attempts: of.attempts });
  }

  takeDue(limit: number): void {
    const { items } = this.#session.takeDue({ limit, now: 10 });
    const waiting = [...this.#pending].filter(([, { state }]) => state === 'pending').length;
    assert.equal(items.length, Math.min(limit, waiting));
    for (const due of items) {
      const known = this.#pending.get(due.key);
      assert.deepEqual([known?.state, known?.attempts], ['pending', due.attempts]);
      this.#pending.set(due.key, { state: 'leased', attempts: due.attempts });
      this.#held.push(due);
    }
  }

  commit(): void {
    this.#session.commit();
    this.#committed = new Map(this.#pending);
    this.#before = { held: [...this.#held], next: this.#next };
    this.#verify();
  }

  /** The disk refuses the commit: all since the last one is taken back, and the worker stands where it stood then. */
  rollback(): void {
    this.#session.rollback();
    this.#pending = new Map(this.#committed);
    this.#held = [...this.#before.held];
    this.#next = this.#before.next;
    this.#verify();
  }

  /** The source is read again from the stored cursor by the same process, as after a pause. */
  rewind(): void {
    this.commit();
    this.#next = this.#cursor;
  }

  /** The process dies: what was not committed is gone. The next one recovers and reads the source from the stored cursor. */
  crash(): void {
    this.#session.abandon();
    this.#verify();
    this.#session = new WriterSession(this.#path, { create: null, maxBytes: null });
    this.#session.transition({ from: 'leased', to: 'pending' });
    this.#pending = new Map(
      [...this.#committed].map(([key, { state, attempts }]) => [
        key,
        { state: state === 'leased' ? 'pending' : state, attempts },
      ]),
    );
    this.#held = [];
    this.#next = Number(this.#session.run.cursor ?? 0);
    this.commit();
  }

  /** Works until nothing is left, then closes. Every key of the source must have its one record then, and the source be done. */
  finish(): void {
    this.rewind();
    while (this.#next < this.#keys.length) this.admit(3);
    for (;;) {
      this.takeDue(5);
      if (this.#held.length === 0) break;
      while (this.#held.length > 0) this.settle(0, 'done', []);
    }
    this.commit();
    for (const key of this.#keys) assert.ok(this.#committed.has(key), `${key} was lost`);
    assert.equal(this.#cursor, this.#keys.length, 'the source would be read again');
    this.#session.close(true);
  }

  close(): void {
    this.#session.abandon();
  }

  #take(pick: number): SourceItem | RecordedItem | undefined {
    return this.#held.length === 0 ? undefined : this.#held.splice(pick % this.#held.length, 1)[0];
  }

  #verify(): void {
    const database = new DatabaseSync(this.#path, { readOnly: true });
    try {
      const rows = database.prepare('SELECT key, state, attempts FROM item').all() as unknown as (ModelRecord & {
        key: string;
      })[];
      assert.equal(rows.length, this.#committed.size);
      for (const { key, state, attempts } of rows) assert.deepEqual({ state, attempts }, this.#committed.get(key), key);

      const sql = (text: string) =>
        database
          .prepare(text)
          .all()
          .map((row) => ({ ...row }));
      assert.deepEqual(
        sql(`SELECT state, class, count FROM tally WHERE count <> 0 AND state <> 'duplicate' ORDER BY 1, 2`),
        sql(`SELECT state, coalesce(class, '') AS class, count(*) AS count FROM record GROUP BY 1, 2 ORDER BY 1, 2`),
      );
      assert.deepEqual(
        sql('SELECT key FROM item WHERE attempts <> (SELECT count(*) FROM attempt WHERE attempt.item = item.id)'),
        [],
        'an attempt is missing, or recorded twice',
      );
      const cursor = Number(sql('SELECT cursor FROM run')[0]?.cursor ?? 0);
      this.#cursor = cursor;
      // A key that was given back may have been leased anew at a later line, which the cursor has not passed: it is read again there.
      for (const key of this.#keys.slice(0, cursor))
        assert.ok(
          this.#committed.has(key) || this.#keys.lastIndexOf(key) >= cursor,
          `the cursor is behind ${key}, which is not recorded`,
        );
    } finally {
      database.close();
    }
  }
}

type Step = (harness: Harness) => void;

const pick = fc.nat(20);
const key = fc.integer({ min: 1, max: 12 }).map((n) => `key-${n}`);
const verdict = fc.constantFrom('done' as const, 'again' as const, 'failed' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 1, max: 5 }).map(
    (count): Step =>
      (harness) =>
        harness.admit(count),
  ),
  fc.tuple(pick, verdict, fc.array(fc.oneof(key, fc.constantFrom('new-1', 'new-2', 'new-3')), { maxLength: 3 })).map(
    ([which, how, emits]): Step =>
      (harness) =>
        harness.settle(which, how, emits),
  ),
  pick.map(
    (which): Step =>
      (harness) =>
        harness.settle(which, 'done', []),
  ),
  pick.map(
    (which): Step =>
      (harness) =>
        harness.intent(which),
  ),
  pick.map(
    (which): Step =>
      (harness) =>
        harness.release(which),
  ),
  fc.integer({ min: 1, max: 4 }).map(
    (limit): Step =>
      (harness) =>
        harness.takeDue(limit),
  ),
  fc.constant<Step>((harness) => harness.commit()),
  fc.constant<Step>((harness) => harness.rollback()),
  fc.constant<Step>((harness) => harness.rewind()),
  fc.constant<Step>((harness) => harness.crash()),
);

test('whatever happens in whatever order, with commits that are refused and processes that die, every key has one record and none is lost', async () => {
  await using folder = await temporaryFolder();
  let trial = 0;
  fc.assert(
    fc.property(
      fc.array(key, { minLength: 1, maxLength: 20, size: 'max' }),
      fc.array(step, { maxLength: 60, size: 'max' }),
      (keys, steps) => {
        const path = folder.path(`${++trial}.run.db`);
        const harness = new Harness(path, keys);
        try {
          for (const run of steps) run(harness);
          harness.finish();
        } finally {
          harness.close();
          for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
        }
      },
    ),
    { numRuns: 150 },
  );
});
