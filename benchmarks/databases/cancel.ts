/** How long the server still works for a scope that was cancelled in the middle of a sleep of a minute, as the server itself tells it. */
import { cancelScope, gather, shield } from '@sluice/core';
import { connect } from '@sluice/databases';
import { type TemporaryDatabase, temporaryMysql, temporaryPostgres } from '@sluice/test-support';
import { machine, median } from '../support/compare.ts';

const ROUNDS = 50;

/** Gives up where the server never stops, which would be a failure and no figure. */
const LIMIT_MS = 10_000;

const SERVERS = [
  {
    name: 'PostgreSQL, `pg_sleep(60)`',
    open: temporaryPostgres,
    sleep: 'select pg_sleep(60)',
    running: `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active'`,
  },
  {
    name: 'MariaDB, `SLEEP(60)`',
    open: temporaryMysql,
    sleep: 'select sleep(60)',
    running: `select 1 from information_schema.processlist where db = database() and id <> connection_id() and info is not null`,
  },
] as const;

/** A table: milliseconds from the cancel until the server shows the session idle, and until the cancelled call has returned. */
export async function cancelTable(): Promise<string> {
  const lines: string[] = [];
  for (const { name, open, sleep, running } of SERVERS) {
    await using server = await open();
    if (server === undefined) {
      lines.push(`| ${name} | – | – | – | – |`);
      continue;
    }
    const freed: number[] = [];
    const returned: number[] = [];
    await using db = await connect(server.url, { pool: 1 });
    for (let round = 0; round <= ROUNDS; round++) {
      const times = await cancelOnce(server, running, () => db.query(sleep));
      // The first opens the side connection.
      if (round === 0) console.log(JSON.stringify({ name, first: times }));
      else {
        freed.push(times.freed);
        returned.push(times.returned);
      }
    }
    const { opened } = db.statistics();
    if (opened !== 1) throw new Error(`${name}: ${opened} connections were opened, so the cancelled one was not clean`);
    const figures = [median(freed), Math.max(...freed), median(returned), Math.max(...returned)];
    lines.push(`| ${name} | ${figures.map((ms) => ms.toFixed(1)).join(' | ')} |`);
  }
  return [
    '### A scope cancelled in the middle of a sleep of a minute',
    '',
    `Milliseconds from the cancel until the server’s own list shows the session idle, asked without pause over a second connection, and until the cancelled call has returned. ${ROUNDS} times; the connection is the same one to the end. ${machine()}.`,
    '',
    '| | session free, median | most | call returned, median | most |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

async function cancelOnce(
  server: TemporaryDatabase,
  running: string,
  start: () => Promise<unknown>,
): Promise<{ freed: number; returned: number }> {
  let cancelledAt = 0;
  let freed = Number.NaN;
  await cancelScope(async (scope) => {
    const watch = async (): Promise<void> => {
      while ((await server.query(running)).length === 0);
      cancelledAt = performance.now();
      scope.cancel();
      while ((await server.query(running)).length > 0) {
        if (performance.now() - cancelledAt > LIMIT_MS) throw new Error('the server never ended the statement');
      }
      freed = performance.now() - cancelledAt;
    };
    // In a shield: it is not the watch that is to be cancelled.
    await gather([start, () => shield(watch)]);
  });
  return { freed, returned: performance.now() - cancelledAt };
}
