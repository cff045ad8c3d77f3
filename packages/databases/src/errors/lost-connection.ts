import { DatabaseError } from './database-error.ts';

/** The connection broke before the statement could be sent, or inside a transaction that the server then rolls back: nothing was done. */
export function connectionLost(place: string, cause?: unknown): DatabaseError {
  return new DatabaseError(`the connection to ${place} was lost; nothing of this statement or transaction is kept`, {
    code: 'SLUICE_DB_CONNECTION_LOST',
    cause,
  });
}

/** The connection broke while the server worked: whether it finished is unknown. */
export function inDoubt(what: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    `the connection was lost while ${what} was under way: it may have been done or not; look before you repeat it`,
    { code: 'SLUICE_DB_IN_DOUBT', cause },
  );
}

/** The transaction is gone although its function goes on. */
export function transactionGone(): DatabaseError {
  return new DatabaseError(
    'the database has ended this transaction already (a deadlock, or a statement that commits by itself, as MySQL does for DDL): let the error pass and begin anew',
    { code: 'SLUICE_DB_TRANSACTION_ABORTED' },
  );
}
