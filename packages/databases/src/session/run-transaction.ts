import { exponentialJitter, retry, UsageError } from '@sluice/core';
import type { Dialect } from '../connect/database-url.ts';
import type { Isolation, TransactionOptions } from '../database.ts';
import { DatabaseError } from '../errors/database-error.ts';
import type { Session } from './session.ts';

/** Runs `body` in a transaction on `session`, or in a savepoint where one is open. `body` is told the depth. */
export function runTransaction<T>(
  session: Session,
  body: (level: number) => T | PromiseLike<T>,
  options: TransactionOptions,
): Promise<T> {
  if (session.depth > 0) return savepoint(session, body, options);
  const { isolation, retries = 0 } = options;
  return retry(() => transaction(session, body, isolation), {
    attempts: retries + 1,
    wait: exponentialJitter({ initial: '20ms', max: '2s' }),
    retryIf: (error) => error instanceof DatabaseError && error.isRetryable && session.connection.isAlive,
  });
}

async function transaction<T>(
  session: Session,
  body: (level: number) => T | PromiseLike<T>,
  isolation: Isolation | undefined,
): Promise<T> {
  try {
    for (const statement of beginStatements(session.connection.dialect, isolation)) await session.run(statement);
    session.depth = 1;
    const value = await body(1);
    await session.commit();
    return value;
  } catch (error) {
    // A BEGIN that was cancelled may have been done; a failed COMMIT has left nothing to undo.
    await session.undo('rollback');
    throw error;
  } finally {
    session.depth = 0;
  }
}

async function savepoint<T>(
  session: Session,
  body: (level: number) => T | PromiseLike<T>,
  options: TransactionOptions,
): Promise<T> {
  if (options.isolation !== undefined || options.retries !== undefined) {
    throw new UsageError('isolation and retries belong to the outermost transaction: this one is a savepoint in it');
  }
  const level = session.depth + 1;
  const name = `sluice_${level}`;
  await session.run(`savepoint ${name}`);
  session.depth = level;
  try {
    const value = await body(level);
    await session.run(`release savepoint ${name}`);
    return value;
  } catch (error) {
    if (await session.undo(`rollback to savepoint ${name}`)) await session.undo(`release savepoint ${name}`);
    throw error;
  } finally {
    session.depth = level - 1;
  }
}

/** MySQL sets the level of the next transaction beforehand; SQLite takes the write lock at once, so that no two readers wait for each other to write. */
function beginStatements(dialect: Dialect, isolation: Isolation | undefined): string[] {
  if (dialect === 'sqlite') return ['begin immediate'];
  if (isolation === undefined) return ['begin'];
  if (dialect === 'postgres') return [`begin isolation level ${checkedIsolation(isolation)}`];
  return [`set transaction isolation level ${checkedIsolation(isolation)}`, 'begin'];
}

function checkedIsolation(isolation: Isolation): Isolation {
  if (['read committed', 'repeatable read', 'serializable'].includes(isolation)) return isolation;
  throw new UsageError(
    `isolation is 'read committed', 'repeatable read' or 'serializable', not '${String(isolation)}'`,
  );
}
