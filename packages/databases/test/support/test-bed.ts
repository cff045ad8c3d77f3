import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { type ConnectOptions, connect, type Database, type Dialect } from '@sluice/databases';
import { type TemporaryDatabase, temporaryMysql, temporaryPostgres } from '@sluice/test-support';
import { eventually } from './eventually.ts';

/** A database of the test file's own, and what differs between the three. */
export interface TestBed {
  readonly dialect: Dialect;
  readonly url: string;
  connect(options?: ConnectOptions): Promise<Database>;
  /** A statement that runs for an hour if nobody ends it: longer than a test may take. */
  readonly slow: string;
  /** A statement that gives `n` from 1 to 100,000. */
  readonly many: string;
  /** The `index`th parameter, from 1. */
  parameter(index: number): string;
  /** How many slow statements the server itself says are running. */
  slowRunning(): Promise<number>;
  /** Ends every connection to the database at the server, as a restart would. */
  killConnections(): Promise<void>;
}

const ENDLESS = 'with recursive c(n) as (select 1 union all select n + 1 from c) select n from c';

/** Defines the same tests for every database that is there. Await it at the top of a test file. */
export async function describeDatabases(
  define: (bed: TestBed) => void,
  dialects: readonly Dialect[] = ['postgres', 'mysql', 'sqlite'],
): Promise<void> {
  for (const dialect of dialects) {
    const { bed, close, reason } = await openBed(dialect);
    describe(dialect, reason === undefined ? {} : { skip: reason }, () => {
      if (bed === undefined) return;
      after(close);
      define(bed);
    });
  }
}

interface Opened {
  readonly bed: TestBed | undefined;
  readonly close: () => Promise<void>;
  readonly reason?: string;
}

async function openBed(dialect: Dialect): Promise<Opened> {
  if (dialect === 'sqlite') return await sqliteBed();
  const database = dialect === 'postgres' ? await temporaryPostgres() : await temporaryMysql();
  if (database === undefined) {
    return { bed: undefined, close: () => Promise.resolve(), reason: `no ${dialect} server answers here` };
  }
  const bed = dialect === 'postgres' ? postgresBed(database) : mysqlBed(database);
  return { bed, close: async () => await database[Symbol.asyncDispose]() };
}

function postgresBed({ url, query }: TemporaryDatabase): TestBed {
  const others = 'datname = current_database() and pid <> pg_backend_pid()';
  return {
    dialect: 'postgres',
    url,
    connect: (options) => connect(url, options),
    slow: 'select pg_sleep(3600)',
    many: 'select generate_series(1, 100000) as n',
    parameter: (index) => `$${index}`,
    slowRunning: async () => {
      const active = `${others} and state = 'active' and query like '%pg_sleep(3600)%'`;
      return Number((await query(`select count(*) as n from pg_stat_activity where ${active}`))[0]?.n);
    },
    killConnections: async () => {
      await query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${others}`);
    },
  };
}

function mysqlBed({ url, query }: TemporaryDatabase): TestBed {
  const others = 'db = database() and id <> connection_id()';
  return {
    dialect: 'mysql',
    url,
    connect: (options) => connect(url, options),
    slow: 'select sleep(3600)',
    many: 'select seq as n from seq_1_to_100000',
    parameter: () => '?',
    slowRunning: async () => {
      const active = `${others} and info like '%sleep(3600)%'`;
      return Number((await query(`select count(*) as n from information_schema.processlist where ${active}`))[0]?.n);
    },
    killConnections: async () => {
      for (const { id } of await query(`select id from information_schema.processlist where ${others}`)) {
        await query(`kill ${String(id)}`);
      }
      // KILL returns before the connection is gone.
      await eventually(
        async () => (await query(`select id from information_schema.processlist where ${others}`)).length === 0,
      );
    },
  };
}

async function sqliteBed(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sqlite-'));
  const url = `sqlite:${join(folder, 'test.db')}`;
  return {
    bed: {
      dialect: 'sqlite',
      url,
      connect: (options) => connect(url, options),
      slow: ENDLESS,
      many: `${ENDLESS} limit 100000`,
      parameter: () => '?',
      slowRunning: () => Promise.resolve(0),
      killConnections: () => Promise.resolve(),
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
