import { Semaphore, UsageError } from '@sluice/core';
import type { Database } from '@sluice/databases';
import type { Session } from '@sluice/http';
import { createLogger, type Logger, type RootLogger } from '@sluice/telemetry';
import type { StepContext } from './step-context.ts';

/** What the steps of a run share. */
export interface StepToolsOptions {
  readonly session: Session;
  /** URL of the job's database; undefined when it names none. */
  readonly database: string | undefined;
  /** A logger of the caller's, or the path of the file that a logger is made for at the first line. */
  readonly log: Logger | string;
}

/** The session, the database and the logger that the steps of a run share. What is not used is never opened. */
export class StepTools implements AsyncDisposable {
  readonly session: Session;
  readonly #options: StepToolsOptions;
  readonly #opening = new Semaphore(1);
  #database: Database | undefined;
  #logger: Logger | undefined;
  #ownLogger: RootLogger | undefined;

  constructor(options: StepToolsOptions) {
    this.#options = options;
    this.session = options.session;
  }

  /** The job's database, connected at the first use. @throws UsageError when the job names none; DatabaseError when it cannot be reached */
  readonly database = async (): Promise<Database> => {
    const url = this.#options.database;
    if (url === undefined) {
      throw new UsageError(
        "this job names no database: give defineJob a database, 'env:DATABASE_URL' say, or use connect()",
      );
    }
    using _permit = await this.#opening.acquire();
    if (this.#database === undefined) {
      // Drivers are loaded by jobs that use them.
      const { connect } = await import('@sluice/databases');
      this.#database = await connect(url);
    }
    return this.#database;
  };

  /** Queries the job's database with a template, and gives its rows. */
  readonly sql: StepContext['sql'] = async (texts, ...values) => (await this.database()).sql(texts, ...values);

  get logger(): Logger {
    if (this.#logger === undefined) {
      const { log } = this.#options;
      if (typeof log === 'string') this.#ownLogger = createLogger({ destination: log, format: 'json' });
      this.#logger = this.#ownLogger ?? (log as Logger);
    }
    return this.#logger;
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.#database?.close();
    await this.#ownLogger?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
