import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Columns of the last attempt that move to `earlier_attempt` when the next one is recorded. */
const EVIDENCE =
  'number, class, code, phase, message, shape, method, url, started_at, duration_ms, bytes_in, bytes_out, reused, address, requests';
const EVIDENCE_COLUMNS: readonly string[] = EVIDENCE.split(', ');
const RESULT_COLUMNS = ['status', 'charset', 'headers', 'value', 'body'];
const SETTLED = ['state', 'idempotent', 'sent', 'attempts', 'spent', 'due_at', 'finished_at'];

/** Bound in this order by {@link RecordStatements.insert}: key, host, input, then these. */
const WRITTEN = [...SETTLED, ...EVIDENCE_COLUMNS, ...RESULT_COLUMNS];

/** The prepared statements that write items, one job each. Parameters are positional: names cost a lookup each. */
export class RecordStatements {
  /** What the writer must know of a recorded item before it changes it. */
  readonly find: StatementSync;
  readonly findKey: StatementSync;
  readonly isRecorded: StatementSync;
  readonly insert: StatementSync;
  /** The insert of what most items are: done at the first attempt, without a trace of trouble. Binding values is what an insert costs most. */
  readonly insertFirstSuccess: StatementSync;
  /** A verdict with an attempt: every column that an attempt can change. */
  readonly settle: StatementSync;
  /** A change of state without an attempt: evidence and result stay. */
  readonly changeState: StatementSync;
  readonly keepAttempt: StatementSync;
  readonly insertIntent: StatementSync;
  readonly updateIntent: StatementSync;
  readonly closeIntent: StatementSync;
  readonly insertEmitted: StatementSync;
  readonly insertDuplicate: StatementSync;
  readonly selectDue: StatementSync;
  readonly lease: StatementSync;
  readonly release: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.find = prepare('SELECT state, class, number, attempts, depth, key FROM record WHERE id = ?');
    this.findKey = prepare('SELECT id FROM record WHERE key = ?');
    this.isRecorded = prepare('SELECT 1 FROM record WHERE id = ?');
    this.insert = prepare(
      `INSERT INTO record (id, key, host, input, ${WRITTEN.join(', ')}) VALUES (?, ?, ?, ?${', ?'.repeat(WRITTEN.length)})`,
    );
    this.insertFirstSuccess = prepare(
      `INSERT INTO record (id, key, host, input, state, idempotent, sent, attempts, finished_at, number, class, method, url, started_at,
         duration_ms, bytes_in, bytes_out, reused, address, requests, status, charset, headers, value, body)
       VALUES (?, ?, ?, ?, 'done', 1, 1, 1, ?, 1, 'ok', ?, '', ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
    );
    this.settle = prepare(`UPDATE record SET ${WRITTEN.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`);
    this.changeState = prepare(`UPDATE record SET ${SETTLED.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`);
    this.keepAttempt = prepare(
      `INSERT INTO earlier_attempt (item, ${EVIDENCE}) SELECT id, ${EVIDENCE} FROM record WHERE id = ? AND number IS NOT NULL`,
    );
    this.insertIntent = prepare(
      `INSERT INTO record (id, key, host, input, state, sent, attempts, spent, number, method, url, started_at)
       VALUES (?, ?, ?, ?, 'leased', 1, ?, ?, ?, ?, ?, ?)`,
    );
    this.updateIntent = prepare(
      `UPDATE record SET state = 'leased', idempotent = 0, sent = 1, attempts = ?, spent = ?, number = ?, method = ?, url = ?, started_at = ?,
         class = NULL, code = NULL, phase = NULL, message = NULL, shape = NULL, duration_ms = NULL, bytes_in = NULL, bytes_out = NULL,
         reused = NULL, address = NULL, requests = NULL, finished_at = NULL
       WHERE id = ?`,
    );
    this.closeIntent = prepare('UPDATE record SET class = ?, message = ?, shape = ? WHERE id = ?');
    this.insertEmitted = prepare(
      `INSERT INTO record (id, key, host, input, state, parent, depth) VALUES (?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (key) DO NOTHING`,
    );
    this.insertDuplicate = prepare(
      'INSERT INTO duplicate (position, key, first_position) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.selectDue = prepare(
      `SELECT id, key, host, input, state, attempts, spent, due_at AS dueAt, class FROM record
       WHERE state = 'pending' ORDER BY due_at, abs(id) LIMIT ?`,
    );
    this.lease = prepare(`UPDATE record SET state = 'leased', sent = 0 WHERE id = ?`);
    this.release = prepare(`UPDATE record SET state = 'pending', sent = 0 WHERE id = ?`);
  }
}
