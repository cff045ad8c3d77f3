import pg from 'pg';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { missing, type TemporaryDatabase, temporaryName, testFile } from './temporary-database.ts';

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * A fresh PostgreSQL database, dropped when it is disposed of: on the server that `SLUICE_TEST_POSTGRES` names, the one at 127.0.0.1:5432,
 * or one from the registry that is started for it. Undefined where none can be had.
 */
export async function temporaryPostgres(): Promise<TemporaryDatabase | undefined> {
  const serverUrl = process.env.SLUICE_TEST_POSTGRES ?? DEFAULT_URL;
  try {
    return await createDatabase(serverUrl, undefined);
  } catch (refused) {
    try {
      const server = await startEmbeddedPostgres();
      console.log(`${testFile()}: no PostgreSQL server answers here, so it runs on one that embedded-postgres starts`);
      return await createDatabase(server.url, server.stop);
    } catch (error) {
      return missing(
        'PostgreSQL',
        new AggregateError([refused, error], `neither ${serverUrl} nor a server of our own`),
      );
    }
  }
}

async function createDatabase(
  serverUrl: string,
  stopServer: (() => Promise<void>) | undefined,
): Promise<TemporaryDatabase> {
  const name = temporaryName();
  await withClient(serverUrl, (client) => client.query(`create database ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const beside = new pg.Client({ connectionString: url.href });
  beside.on('error', () => {});
  await beside.connect();
  return {
    url: url.href,
    query: async (sql) => (await beside.query(sql)).rows,
    async [Symbol.asyncDispose]() {
      await beside.end();
      await withClient(serverUrl, (client) => client.query(`drop database ${name} with (force)`));
      await stopServer?.();
    },
  };
}

async function withClient(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
