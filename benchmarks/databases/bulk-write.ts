// bulkWrite of a million rows against the server's own client reading the same rows from a file: psql \copy, mariadb LOAD DATA.
// Each round runs both, in turning order, into an empty table; the ratio is taken within a round, and its median is what counts.
// node --conditions=@sluice/source benchmarks/databases/bulk-write.ts postgres|mysql [rows] [rounds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bulkWrite, connect } from '@sluice/databases';
import { temporaryMysql, temporaryPostgres } from '@sluice/test-support';
import { benchmarkLines, benchmarkRows, COLUMNS, ROWS } from './rows.ts';

const dialect = process.argv[2] === 'mysql' ? 'mysql' : 'postgres';
const rounds = Number(process.argv[4] ?? 5);
const database = await (dialect === 'mysql' ? temporaryMysql() : temporaryPostgres());
if (database === undefined) throw new Error(`no ${dialect} server answers here`);
const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const file = join(folder, 'rows.tsv');

async function native(): Promise<void> {
  const url = new URL(database!.url);
  const command: [string, ...string[]] =
    dialect === 'mysql'
      ? [
          'mariadb',
          '--local-infile=1',
          `-h${url.hostname}`,
          `-P${url.port}`,
          `-u${url.username}`,
          url.pathname.slice(1),
          '-e',
        ]
      : ['psql', '-q', url.href, '-c'];
  const statement =
    dialect === 'mysql' ? `load data local infile '${file}' into table bulk` : `\\copy bulk from ${file}`;
  const child = spawn(command[0], [...command.slice(1), statement], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}`);
}

let cpuSeconds = 0;
async function ours(): Promise<void> {
  const before = process.cpuUsage();
  await using db = await connect(database!.url, { pool: 1 });
  const { written } = await bulkWrite(db, 'bulk', benchmarkRows(ROWS));
  if (written !== ROWS) throw new Error(`only ${written} rows`);
  const { user, system } = process.cpuUsage(before);
  cpuSeconds = (user + system) / 1e6;
}

async function seconds(work: () => Promise<void>): Promise<number> {
  await database!.query('drop table if exists bulk');
  await database!.query(`create table bulk (${COLUMNS})`);
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

const ratios: number[] = [];
try {
  await pipeline(Readable.from(benchmarkLines(ROWS)), createWriteStream(file));
  for (let round = 0; round <= rounds; round++) {
    const first = await seconds(round % 2 === 0 ? native : ours);
    const second = await seconds(round % 2 === 0 ? ours : native);
    const [nativeSeconds, ourSeconds] = round % 2 === 0 ? [first, second] : [second, first];
    const ratio = nativeSeconds / ourSeconds;
    // The first round warms up server, file cache and compiler.
    if (round > 0) ratios.push(ratio);
    console.log(
      JSON.stringify({
        benchmark: `bulk-write ${dialect}`,
        round,
        nativeRowsPerSecond: Math.round(ROWS / nativeSeconds),
        rowsPerSecond: Math.round(ROWS / ourSeconds),
        ratio: Number(ratio.toFixed(2)),
        cpuSeconds: Number(cpuSeconds.toFixed(2)),
      }),
    );
  }
  const median = ratios.sort((a, b) => a - b)[ratios.length >> 1]!;
  console.log(
    JSON.stringify({ benchmark: `bulk-write ${dialect}`, rows: ROWS, medianRatioToNative: Number(median.toFixed(2)) }),
  );
} finally {
  await rm(folder, { recursive: true });
  await database[Symbol.asyncDispose]();
}
