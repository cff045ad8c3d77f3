import { parseDuration } from '@sluice/core';
import type { Dialect } from './connect/database-url.ts';
import type { Database } from './database.ts';
import type { Pool, PoolStatistics } from './pool/pool.ts';
import { type SessionLease, StatementRunner } from './session/statement-runner.ts';

/** A database: every statement on a connection of the pool. */
export class PooledDatabase extends StatementRunner implements Database {
  readonly #pool: Pool;
  readonly #closeDriver: () => Promise<void>;

  constructor(dialect: Dialect, pool: Pool, closeDriver: () => Promise<void>) {
    super(dialect);
    this.#pool = pool;
    this.#closeDriver = closeDriver;
  }

  protected lease(): Promise<SessionLease> {
    return this.#pool.acquire();
  }

  statistics(): PoolStatistics {
    return this.#pool.statistics();
  }

  async close(options: Parameters<Database['close']>[0] = {}): Promise<void> {
    await this.#pool.close(parseDuration(options.grace ?? '5s'));
    await this.#closeDriver();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
