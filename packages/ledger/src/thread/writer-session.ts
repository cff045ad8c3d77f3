import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { failpoint } from '#failpoint';
import type { NewRun, RunRow } from '../contract.ts';
import { SELECT_TALLY, toCounts } from '../file/counts.ts';
import { openWritable } from '../file/open-writable.ts';
import { readEntry } from '../wire/entries.ts';
import type { RunChange, WriterCalls } from '../wire/messages.ts';
import { type SealedTape, type TapeBuffers, TapeReader } from '../wire/tape.ts';
import { Admission } from './admission.ts';
import { RecordStore } from './record-store.ts';
import { type SourceProgress, SourceWindow } from './source-window.ts';
import { Tally } from './tally.ts';
import { applyTransition } from './transition.ts';

/** How a session is opened. */
export interface SessionOptions {
  readonly create: NewRun | null;
  readonly maxBytes: number | null;
}

/** The writer of one ledger file: its calls collect in one transaction until {@link commit}. Everything here is synchronous. */
export class WriterSession {
  readonly run: RunRow;
  readonly created: boolean;
  readonly #database: DatabaseSync;
  readonly #tally: Tally;
  readonly #window: SourceWindow;
  readonly #records: RecordStore;
  readonly #admission: Admission;
  readonly #updateRun: StatementSync;
  readonly #updateProgress: StatementSync;
  #committed: SourceProgress;

  constructor(path: string, options: SessionOptions) {
    const { database, run, created } = openWritable(path, options.create, options.maxBytes);
    this.#database = database;
    this.run = run;
    this.created = created;
    this.#committed = { cursor: run.cursor, done: run.sourceDone };
    this.#tally = new Tally(database);
    this.#window = new SourceWindow(this.#committed);
    this.#records = new RecordStore(database, this.#window, this.#tally);
    this.#admission = new Admission(database, this.#records, this.#window);
    this.#updateRun = database.prepare(
      `UPDATE run SET state = coalesce(?, state), total = coalesce(?, total), definition = coalesce(?, definition),
         input_fingerprint = CASE ? WHEN 1 THEN ? ELSE input_fingerprint END, sink_cursor = coalesce(?, sink_cursor), updated_at = ?`,
    );
    this.#updateProgress = database.prepare('UPDATE run SET cursor = ?, source_done = ?, updated_at = ?');
  }

  batch(tape: SealedTape): TapeBuffers {
    this.#begin();
    const reader = new TapeReader(tape);
    for (let left = tape.entries; left > 0; left--) {
      failpoint('entry');
      const entry = readEntry(reader);
      if (entry.kind === 'settle') this.#records.settle(entry.settlement);
      else if (entry.kind === 'intent') this.#records.intent(entry.intent, entry.at);
      else this.#records.release(entry.id);
    }
    return { numbers: tape.numbers, bytes: tape.bytes };
  }

  admit(request: WriterCalls['admit']['request']): WriterCalls['admit']['reply'] {
    this.#begin();
    return this.#admission.admit(request);
  }

  takeDue(request: WriterCalls['takeDue']['request']): WriterCalls['takeDue']['reply'] {
    this.#begin();
    return this.#records.takeDue(request.limit, request.now);
  }

  transition(change: WriterCalls['transition']['request']): number {
    this.#begin();
    return applyTransition(this.#database, this.#tally, change);
  }

  updateRun(change: RunChange): null {
    this.#begin();
    const { state, total, definition, inputFingerprint, sinkCursor } = change;
    const setsFingerprint = inputFingerprint === undefined ? 0 : 1;
    this.#updateRun.run(
      state ?? null,
      total ?? null,
      definition ?? null,
      setsFingerprint,
      inputFingerprint ?? null,
      sinkCursor ?? null,
      Date.now(),
    );
    return null;
  }

  counts(): WriterCalls['counts']['reply'] {
    this.#begin();
    this.#tally.write();
    return toCounts(this.#database.prepare(SELECT_TALLY).all());
  }

  /** Makes everything since the last commit durable, together with the place where the source goes on. */
  commit(): void {
    if (!this.#database.isTransaction) return;
    this.#tally.write();
    const progress = this.#window.progress();
    if (progress !== this.#committed) {
      this.#updateProgress.run(progress.cursor, progress.done ? 1 : 0, Date.now());
    }
    failpoint('before-commit');
    this.#database.exec('COMMIT');
    failpoint('after-commit');
    this.#committed = progress;
    this.#window.committed(progress);
  }

  /** Takes back everything since the last commit, in the file and in memory: the same calls may be made again. */
  rollback(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#window.rollback();
    this.#tally.discard();
  }

  /** Commits and closes the file; with `checkpoint` the log is folded into it first. */
  close(checkpoint: boolean): void {
    this.#begin();
    this.#database.exec('UPDATE run SET owner_pid = NULL');
    this.commit();
    failpoint('before-checkpoint');
    if (checkpoint) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    failpoint('after-checkpoint');
    this.#database.close();
  }

  /** Closes the file without committing. */
  abandon(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #begin(): void {
    if (!this.#database.isTransaction) this.#database.exec('BEGIN IMMEDIATE');
  }
}
