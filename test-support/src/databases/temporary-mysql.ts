import { type Connection, createConnection } from 'mysql2/promise';
import { missing, type TemporaryDatabase, temporaryName } from './temporary-database.ts';

const DEFAULT_URL = 'mysql://root@127.0.0.1:3306/mysql';

/**
 * A fresh MySQL or MariaDB database, dropped when it is disposed of: on the server that `SLUICE_TEST_MYSQL` names, or the one at 127.0.0.1:3306.
 * Undefined where none answers.
 */
export async function temporaryMysql(): Promise<TemporaryDatabase | undefined> {
  const serverUrl = process.env.SLUICE_TEST_MYSQL ?? DEFAULT_URL;
  let beside: Connection;
  try {
    beside = await createConnection({ uri: serverUrl, connectTimeout: 2000 });
  } catch (error) {
    return missing('MySQL', error);
  }
  const name = temporaryName();
  await beside.query(`create database ${name} character set utf8mb4`);
  await beside.query(`use ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: async (sql) => {
      const [rows] = await beside.query(sql);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    async [Symbol.asyncDispose]() {
      await beside.query(`drop database ${name}`);
      await beside.end();
    },
  };
}
