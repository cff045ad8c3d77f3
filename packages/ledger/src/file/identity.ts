import type { DatabaseSync } from 'node:sqlite';
import { LedgerError } from '../errors.ts';
import { APPLICATION_ID, LEDGER_VERSION } from './migrations.ts';

/** Version of the ledger in an open database; 0 for a database without any content. Throws a LedgerError when it is neither, or too new. */
export function ledgerVersion(database: DatabaseSync, path: string): number {
  const applicationId = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  if (applicationId === APPLICATION_ID) {
    if (version <= LEDGER_VERSION) return version;
    throw new LedgerError(
      `ledger ${path} has version ${version}, this Sluice reads up to ${LEDGER_VERSION}: install a newer Sluice, or start a new ledger`,
      { code: 'SLUICE_LEDGER_NEWER' },
    );
  }
  const content = database.prepare('SELECT count(*) AS objects FROM sqlite_schema').get()?.objects;
  if (applicationId === 0 && version === 0 && content === 0) return 0;
  throw notALedger(path);
}

/** The error for a file that is something else. */
export function notALedger(path: string): LedgerError {
  return new LedgerError(`${path} is not a ledger of Sluice; name another file (nothing in it was changed)`, {
    code: 'SLUICE_LEDGER_NOT_A_LEDGER',
  });
}

/** The error for a path without a file. */
export function notFound(path: string): LedgerError {
  return new LedgerError(`there is no ledger at ${path}; check the path, or start a run that makes it`, {
    code: 'SLUICE_LEDGER_NOT_FOUND',
  });
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}
