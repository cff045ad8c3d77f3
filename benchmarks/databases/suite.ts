/** `bulkWrite` against the server's own client reading the same rows from a file, and against what Python programs use. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type TemporaryDatabase, temporaryMysql, temporaryPostgres } from '@sluice/test-support';
import { machine } from '../support/compare.ts';
import { runParts } from '../support/parts.ts';
import { hasPython, PYTHON, runProgram } from '../support/program.ts';
import { type Figures, interleaved, medianOf, medianRatio, type Runner } from '../support/rounds.ts';
import { cancelTable } from './cancel.ts';
import { nativeClient } from './native-client.ts';
import { benchmarkLines, COLUMNS } from './rows.ts';

const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
/** aiomysql takes half a minute for a million rows; its speed is the same for a tenth. */
const AIOMYSQL_ROWS = ROWS / 10;

const ours = fileURLToPath(new URL('./bulk-write.ts', import.meta.url));
const python = fileURLToPath(new URL('./bulk_write.py', import.meta.url));

interface Contender {
  readonly name: string;
  readonly rows: number;
  /** Writes the rows; what it prints are its figures, else the wall clock counts. */
  readonly write: (serverUrl: string, file: string) => Promise<string | void>;
}

const byBulkWrite: Contender = {
  name: '`bulkWrite`',
  rows: ROWS,
  write: (url) => runProgram(process.execPath, [ours, url, String(ROWS)]),
};

const byPython = (name: string, rows: number): Contender => ({
  name,
  rows,
  write: (url) => runProgram(PYTHON, [python, url, String(rows)]),
});

/** Parts: `postgres` and `mysql`, rows in bulk; `cancel`, how long a server works on for a cancelled scope. */
export async function databasesSuite(rounds: number, wanted?: string): Promise<string[]> {
  return await runParts(
    {
      postgres: async () => {
        const contenders = [byBulkWrite, { name: '`psql \\copy` of a file', rows: ROWS, write: nativeClient }];
        if (await hasPython(['asyncpg'], 'asyncpg')) contenders.push(byPython('asyncpg `copy_records_to_table`', ROWS));
        return await against('PostgreSQL', await temporaryPostgres(), contenders, rounds);
      },
      mysql: async () => {
        const contenders = [byBulkWrite, { name: 'LOAD DATA of a file by `mariadb`', rows: ROWS, write: nativeClient }];
        if (await hasPython(['aiomysql'], 'aiomysql'))
          contenders.push(byPython('aiomysql `executemany`', AIOMYSQL_ROWS));
        return await against('MariaDB', await temporaryMysql(), contenders, rounds);
      },
      cancel: cancelTable,
    },
    wanted,
  );
}

async function against(
  product: string,
  database: TemporaryDatabase | undefined,
  contenders: readonly Contender[],
  rounds: number,
): Promise<string> {
  if (database === undefined) return `### ${product}\n\nNot measured: no server answered.\n`;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const file = join(folder, 'rows.tsv');
    await pipeline(Readable.from(benchmarkLines(ROWS)), createWriteStream(file));
    const [{ version }] = (await database.query('select version() as version')) as [{ version: string }];
    const runners = contenders.map((contender) => runnerOf(contender, database, file));
    return tableOf(`${product} (${version.split(' (')[0]})`, contenders, await interleaved(runners, rounds), rounds);
  } finally {
    await rm(folder, { recursive: true });
    await database[Symbol.asyncDispose]();
  }
}

function runnerOf({ name, rows, write }: Contender, { url, query }: TemporaryDatabase, file: string): Runner {
  return {
    name,
    run: async (): Promise<Figures> => {
      await query('drop table if exists bulk');
      await query(`create table bulk (${COLUMNS})`);
      const begunAt = performance.now();
      const printed = await write(url, file);
      const wallSeconds = (performance.now() - begunAt) / 1000;
      const [{ n }] = (await query('select count(*) as n from bulk')) as [{ n: unknown }];
      if (Number(n) !== rows) throw new Error(`${name}: ${String(n)} of ${rows} rows are in the table`);
      const { seconds, cpuSeconds } =
        printed === undefined || printed === ''
          ? { seconds: wallSeconds, cpuSeconds: Number.NaN }
          : (JSON.parse(printed) as { seconds: number; cpuSeconds: number });
      return { rowsPerSecond: rows / seconds, cpuPerMillion: (cpuSeconds / rows) * 1e6 };
    },
  };
}

function tableOf(
  title: string,
  contenders: readonly Contender[],
  results: Awaited<ReturnType<typeof interleaved>>,
  rounds: number,
): string {
  const native = contenders[1]!.name;
  const lines = contenders.map(({ name, rows }) => {
    const cpu = medianOf(results, name, 'cpuPerMillion');
    const figures = [
      rows.toLocaleString('en'),
      Math.round(medianOf(results, name, 'rowsPerSecond')).toLocaleString('en'),
      medianRatio(results, name, native, 'rowsPerSecond').toFixed(2),
      Number.isNaN(cpu) ? '–' : cpu.toFixed(2),
    ];
    return `| ${name} | ${figures.join(' | ')} |`;
  });
  return [
    `### ${title}`,
    '',
    `Rows of five columns into an empty table over one connection. Median of ${rounds} rounds, order turning; ratio within a round. ${machine()}.`,
    '',
    '| | rows | rows/s | × native client | client CPU s / 1,000,000 |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
