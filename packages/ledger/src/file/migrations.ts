import type { DatabaseSync } from 'node:sqlite';
import { TABLES } from './schema.ts';
import { VIEWS } from './views.ts';

/** "Slce" in ASCII: SQLite's `application_id` of every ledger, by which `file` and we know one. */
export const APPLICATION_ID = 0x536c6365;

/** Migration n brings a file from version n to n + 1. Published ones are never changed. */
const MIGRATIONS: readonly string[] = [
  `PRAGMA application_id = ${APPLICATION_ID};${TABLES}${VIEWS}`,
  // What a dead process had under way is found without a look at what is done: a file may hold ten million items.
  "CREATE INDEX record_leased ON record (idempotent, sent) WHERE state = 'leased';",
];

/** The version that this package writes: SQLite's `user_version`. */
export const LEDGER_VERSION: number = MIGRATIONS.length;

/** Brings the file up to {@link LEDGER_VERSION}; inside the caller's transaction, so that no half-made ledger is ever seen. */
export function migrate(database: DatabaseSync, fromVersion: number): void {
  for (const statements of MIGRATIONS.slice(fromVersion)) database.exec(statements);
  database.exec(`PRAGMA user_version = ${LEDGER_VERSION}`);
}
