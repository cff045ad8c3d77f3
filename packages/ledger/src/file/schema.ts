/**
 * The tables of a ledger, version 1. Their layout is the package's own business: users read the views.
 *
 * - `record` has one row an item, with its last attempt and its result in it, so that a first-try success is one row.
 *   `id` is the position of a source item; emitted items count down from -1. The wide columns come last: SQLite then reads the narrow
 *   ones without following a body's overflow pages. `input` is NULL where it equals the key; `url` is '' where it equals the key.
 * - `record_due` serves `takeDue`: due first, and among equals in the order of arrival, which `abs(id)` is on both sides of zero.
 * - `tally` counts items by state and class, kept by each commit, so that progress never scans the items.
 */
export const TABLES: string = `
CREATE TABLE run (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  definition TEXT NOT NULL,
  seed REAL NOT NULL,
  state TEXT NOT NULL,
  input_fingerprint TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  cursor TEXT,
  source_done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  owner_pid INTEGER,
  sink_cursor TEXT
) STRICT;

CREATE TABLE record (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  host TEXT NOT NULL,
  input TEXT,
  state TEXT NOT NULL,
  idempotent INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  spent TEXT,
  due_at INTEGER,
  parent INTEGER,
  depth INTEGER NOT NULL DEFAULT 0,
  number INTEGER,
  class TEXT,
  code TEXT,
  phase TEXT,
  message TEXT,
  shape TEXT,
  method TEXT,
  url TEXT,
  started_at INTEGER,
  duration_ms REAL,
  bytes_in INTEGER,
  bytes_out INTEGER,
  reused INTEGER,
  address TEXT,
  requests INTEGER,
  finished_at INTEGER,
  status INTEGER,
  charset TEXT,
  headers TEXT,
  value TEXT,
  body BLOB
) STRICT;

CREATE UNIQUE INDEX record_key ON record (key);
CREATE INDEX record_due ON record (due_at, abs(id)) WHERE state = 'pending';
CREATE INDEX record_failure ON record (class, host, code, shape, finished_at) WHERE state IN ('failed', 'in-doubt');

CREATE TABLE earlier_attempt (
  item INTEGER NOT NULL,
  number INTEGER NOT NULL,
  class TEXT,
  code TEXT,
  phase TEXT,
  message TEXT,
  shape TEXT,
  method TEXT,
  url TEXT,
  started_at INTEGER,
  duration_ms REAL,
  bytes_in INTEGER,
  bytes_out INTEGER,
  reused INTEGER,
  address TEXT,
  requests INTEGER,
  PRIMARY KEY (item, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE duplicate (
  position INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  first_position INTEGER NOT NULL
) STRICT;

CREATE TABLE tally (
  state TEXT NOT NULL,
  class TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (state, class)
) STRICT, WITHOUT ROWID;
`;
