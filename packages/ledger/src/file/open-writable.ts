import { DatabaseSync } from 'node:sqlite';
import type { NewRun, RunRow } from '../contract.ts';
import { ledgerVersion, notALedger } from './identity.ts';
import { LEDGER_VERSION, migrate } from './migrations.ts';
import { insertRun, readRun } from './run-row.ts';

/** A writable ledger file, and the run in it as it was before this process came. */
export interface WritableLedger {
  readonly database: DatabaseSync;
  readonly run: RunRow;
  readonly created: boolean;
}

const PAGE_SIZE = 8192;

/** How long to wait for a foreign program (the sqlite3 shell, say) that writes to the file. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * A checkpoint every 32 MiB of log: random keys touch the same index pages again and again, so a longer log means fewer page writes.
 * The log file shrinks back to 64 MiB after a slow reader made it grow.
 */
const TUNING = `
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 4096;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -32768;
PRAGMA temp_store = MEMORY;
`;

/**
 * Opens the ledger at `path` for writing, or makes it when the file is missing or empty and `create` is given. The caller holds the
 * process lock. A new ledger appears whole or not at all: tables, identity and run row are one transaction.
 */
export function openWritable(path: string, create: NewRun | null, maxBytes: number | null): WritableLedger {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    const version = ledgerVersion(database, path);
    if (version === 0 && create === null) throw notALedger(path);
    database.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA journal_mode = WAL; ${TUNING}`);
    if (maxBytes !== null) database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / PAGE_SIZE))}`);
    database.exec('BEGIN IMMEDIATE');
    if (version < LEDGER_VERSION) migrate(database, version);
    if (version === 0 && create !== null) insertRun(database, create);
    const run = readRun(database);
    if (run === undefined) throw notALedger(path);
    database.prepare('UPDATE run SET owner_pid = ?').run(process.pid);
    database.exec('COMMIT');
    return { database, run, created: version === 0 };
  } catch (error) {
    database.close();
    throw error;
  }
}
