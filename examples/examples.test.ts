import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { connect } from '@sluice/databases';
import { Session } from '@sluice/http';
import { startLab } from '@sluice/lab';
import { type TemporaryDatabase, temporaryMysql, temporaryPostgres } from '@sluice/test-support';

const runFile = promisify(execFile);

/** Runs an example as a user does, against a lab instead of the public server that it names. */
async function runExample(file: string, ...args: string[]): Promise<string> {
  const { stdout } = await runFile(process.execPath, ['--conditions=@sluice/source', file, ...args], {
    timeout: 60_000,
  });
  return stdout;
}

for (const file of globSync('examples/asyncio/*.ts').sort()) {
  test(`${file} runs and holds what it asserts`, async () => {
    await runExample(file);
  });
}

test('three requests of a second each take about a second', async () => {
  await using lab = await startLab();
  const output = await runExample('examples/tutorial/01-three-requests.ts', lab.url);
  assert.match(output, /^got 3 responses in 1\.\d s\n$/);
});

test('a hundred requests go through, bounded', async () => {
  await using lab = await startLab();
  const output = await runExample('examples/tutorial/02-bounded.ts', lab.url);
  assert.equal(output, '100 pages, at most 10 requests at once\n100000 bytes\n');
});

test('failures are values, the stuck call is ended, the flaky one is repeated', async () => {
  await using lab = await startLab();
  const output = await runExample('examples/tutorial/03-errors-timeouts-retries.ts', lab.url);
  const lines = output.trim().split('\n');
  assert.equal(lines[0], '/get 200');
  assert.match(lines[1]!, /^\/status\/500 failed: .*the server answered 500/);
  assert.equal(lines[2], '/delay/30 failed: timed out after 300ms');
  assert.match(lines[3]!, /^\/flaky\/0\.5 (200|failed: .*503)/);
});

test('the crawler visits every page of a site once', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const output = await runExample(
    'examples/crawler/main.ts',
    `${lab.url}/links/30/0`,
    join(folder.path, 'crawl.run.db'),
  );
  assert.match(output, /^30 pages, 0 failed;/);
  assert.equal(lab.hits.max(), 1);
});

test('the batch of API calls sends each row once, with its idempotency key', async () => {
  await using lab = await startLab();
  await using folder = await temporaryFolder();
  const rows = Array.from({ length: 25 }, (_, index) => JSON.stringify({ id: `row-${index}`, name: `name ${index}` }));
  await writeFile(join(folder.path, 'rows.jsonl'), rows.join('\n'));
  const args = [join(folder.path, 'rows.jsonl'), `${lab.url}/anything`, join(folder.path, 'rows.run.db')];
  assert.match(await runExample('examples/batch-api/main.ts', ...args), /^25 done, 0 failed, 0 in doubt;/);
  assert.match(await runExample('examples/batch-api/main.ts', ...args), /^25 done, 0 failed, 0 in doubt;/);
  assert.equal(lab.hits.total, 25);
});

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-example-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test('CPU work goes to threads and a process while the loop goes on', async () => {
  const lines = (await runExample('examples/tutorial/06-cpu-work.ts')).trim().split('\n');
  assert.match(lines[0]!, /^resized 12 images to 300x225; meanwhile a timer ticked \d+ times$/);
  assert.deepEqual(lines.slice(1), ['timed out after 50ms', 'a process made it 30x23']);
});

test('logs are written beside the loop, with what is bound from the context, and without secrets', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'app.log');
  assert.match(await runExample('examples/tutorial/07-logs.ts', file), /40 lines written, 0 dropped/);
  assert.doesNotMatch(await readFile(file, 'utf8'), /hunter2/);
});

test('the web service answers with what came in time, and ends on SIGTERM', async () => {
  await using lab = await startLab();
  await using session = new Session();
  const child = spawn(
    process.execPath,
    ['--conditions=@sluice/source', 'examples/tutorial/04-web-service.ts', lab.url],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\/\/\S+/.exec(line.toString())![0];
  const dashboard = await session.get(`${url}/dashboard`);
  assert.deepEqual(
    dashboard.json<{ outcome: string }[]>().map((part) => part.outcome),
    ['ok', 'too slow', 'failed'],
  );
  assert.equal((await session.get(`${url}/both`)).status, 200);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
});

test('the database program runs on SQLite', async () => {
  assert.match(await runExample('examples/tutorial/05-database.ts'), /timed out after 200ms/);
});

for (const { name, open } of [
  { name: 'PostgreSQL', open: temporaryPostgres },
  { name: 'MariaDB', open: temporaryMysql },
]) {
  test(`the database program runs on ${name}, and the endless query has ended there too`, async (t) => {
    await using server = await open();
    if (server === undefined) return t.skip(`no ${name} server answers here`);
    const output = await runExample('examples/tutorial/05-database.ts', server.url);
    assert.equal(
      output,
      '10000 rows written\n7992 adults, the oldest is 89\nthe endless query timed out after 200ms\n',
    );
    assert.equal(await runningStatements(server), 0);
  });

  test(`the bulk write puts every row of a file into a table of ${name}, and again without a double`, async (t) => {
    await using server = await open();
    if (server === undefined) return t.skip(`no ${name} server answers here`);
    await server.query('create table people (id int primary key, name varchar(50))');
    await using folder = await temporaryFolder();
    const args = [await peopleFile(folder.path), server.url, 'people'];
    for (let time = 0; time < 2; time++) {
      assert.match(await runExample('examples/bulk-write/main.ts', ...args), /500 rows written, 0 refused/);
      const rows: Record<string, unknown>[] = await server.query('select count(*) as n, max(name) as last from people');
      assert.deepEqual(
        rows.map(({ n, last }) => [Number(n), last]),
        [[500, 'name 99']],
      );
    }
  });
}

test('the bulk write puts every row of a file into a table of SQLite', async () => {
  await using folder = await temporaryFolder();
  const url = `sqlite:${join(folder.path, 'people.db')}`;
  await using database = await connect(url);
  await database.execute('create table people (id integer primary key, name text)');
  const output = await runExample('examples/bulk-write/main.ts', await peopleFile(folder.path), url, 'people');
  assert.match(output, /500 rows written, 0 refused/);
});

/** Rows as JSON lines, in a file. */
async function peopleFile(folder: string): Promise<string> {
  const rows = Array.from({ length: 500 }, (_, index) => JSON.stringify({ id: index + 1, name: `name ${index}` }));
  const file = join(folder, 'rows.jsonl');
  await writeFile(file, rows.join('\n'));
  return file;
}

/** How many statements of others the server is still working on in this database. */
async function runningStatements({ url, query }: TemporaryDatabase): Promise<number> {
  const [row] = await query(
    url.startsWith('postgres')
      ? `select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active'`
      : 'select count(*) as n from information_schema.processlist where db = database() and id <> connection_id() and info is not null',
  );
  return Number(row!.n);
}
