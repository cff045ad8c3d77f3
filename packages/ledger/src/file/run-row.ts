import type { DatabaseSync } from 'node:sqlite';
import type { NewRun, RunRow, RunState } from '../contract.ts';

/** The columns of the `run` table as a {@link RunRow} names them. */
export const SELECT_RUN: string = `SELECT id, kind, definition, seed, input_fingerprint AS inputFingerprint, state, cursor,
  source_done AS sourceDone, total, created_at AS createdAt, updated_at AS updatedAt, owner_pid AS ownerPid, sink_cursor AS sinkCursor FROM run`;

/** Writes the run row of a new ledger. */
export function insertRun(database: DatabaseSync, run: NewRun): void {
  const now = Date.now();
  database
    .prepare(
      `INSERT INTO run (id, kind, definition, seed, state, input_fingerprint, created_at, updated_at) VALUES (?, ?, ?, ?, 'running', ?, ?, ?)`,
    )
    .run(run.id, run.kind, run.definition, run.seed, run.inputFingerprint, now, now);
}

/** The run of a ledger; undefined when its row is missing. */
export function readRun(database: DatabaseSync): RunRow | undefined {
  const row = database.prepare(SELECT_RUN).get();
  return row === undefined ? undefined : toRunRow(row);
}

/** A row of {@link SELECT_RUN} as a {@link RunRow}. */
export function toRunRow(row: Readonly<Record<string, unknown>>): RunRow {
  return {
    id: row.id as string,
    kind: row.kind as string,
    definition: row.definition as string,
    seed: row.seed as number,
    inputFingerprint: row.inputFingerprint as string | null,
    state: row.state as RunState,
    cursor: row.cursor as string | null,
    sourceDone: row.sourceDone === 1,
    total: row.total as number | null,
    createdAt: row.createdAt as number,
    updatedAt: row.updatedAt as number,
    ownerPid: row.ownerPid as number | null,
    sinkCursor: row.sinkCursor as string | null,
  };
}
