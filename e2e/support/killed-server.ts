import assert from 'node:assert/strict';
import { defineJob, from } from '@sluice/engine';
import { HttpError, Session } from '@sluice/http';
import { freePort, type ServerProcess } from './server-process.ts';
import { temporaryFolder, until, wait } from './sluice.ts';

const ITEMS = 1500;
const KILLS = 3;
const CALLERS = 40;

/** A server for `/item/N`: answers {@link bodyOf} N, with a Content-Length for even N and in chunks else, in two halves 5 ms apart. */
export type StartKillable = (port: number) => Promise<ServerProcess>;

/** Line after line of the number, 24,000 bytes. */
export function bodyOf(item: number): string {
  return `${String(item).padStart(7, '0')}\n`.repeat(3000);
}

/** A run of the engine goes on while its server is killed and started again: every item ends done, with its own body. */
export async function runThroughKills(start: StartKillable): Promise<void> {
  const port = await freePort();
  await using folder = await temporaryFolder();
  await using servers = new AsyncDisposableStack();
  let server = servers.use(await start(port));
  let done = 0;
  const job = defineJob({
    source: from.iterable(Array.from({ length: ITEMS }, (_, item) => item)),
    idempotent: true,
    perHost: CALLERS,
    // Half a minute of rest, the default, would be all that the test waits for.
    http: { hosts: { '*': { breaker: { openMs: 500 } } } },
    retry: { attempts: 20, connect: 20, 'in-doubt': 20, integrity: 20, initial: '50ms' },
    step: async (item, { http }) => {
      const reply = await http.get(`http://127.0.0.1:${port}/item/${item}`);
      assert.equal(reply.text(), bodyOf(item));
      done++;
      return item;
    },
  });
  const run = await job.start({ ledger: folder.file('killed.run.db') });
  for (let kill = 1; kill <= KILLS; kill++) {
    await until(() => done > (kill * ITEMS) / (KILLS + 1), `enough items before kill ${kill}`);
    await server.kill();
    server = servers.use(await start(port));
  }
  const report = await run.finished;
  assert.deepEqual([report.state, report.progress.done, report.progress.failed], ['complete', ITEMS, 0]);
  assert.equal(report.held, 0);
}

/** Callers ask without pause while the server is killed and started again: each call ends with the whole body or an error that says so. */
export async function askThroughKills(start: StartKillable): Promise<void> {
  const port = await freePort();
  await using servers = new AsyncDisposableStack();
  let server = servers.use(await start(port));
  await using session = new Session({ baseUrl: `http://127.0.0.1:${port}`, timeout: '20s' });
  const counts = { ok: 0, failed: 0 };
  let isOver = false;
  let next = 0;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!isOver) {
      const item = next++;
      try {
        const reply = await session.get(`/item/${item}`);
        assert.deepEqual([reply.status, reply.text() === bodyOf(item)], [200, true]);
        counts.ok++;
      } catch (error) {
        assert.ok(error instanceof HttpError, String(error));
        assert.match(error.class, /^(connect|in-doubt|integrity)$/, error.message);
        // A GET whose kept connection broke was sent, even when the new connection for its second try is then refused.
        assert.ok(error.evidence.sent || error.class === 'connect', error.message);
        counts.failed++;
        await wait(10);
      }
    }
  });
  const ended = Promise.all(callers);
  for (let kill = 1; kill <= KILLS; kill++) {
    const { ok, failed } = counts;
    await Promise.race([ended, until(() => counts.ok > ok + 200, `answers before kill ${kill}`)]);
    await server.kill();
    await Promise.race([ended, until(() => counts.failed >= failed + CALLERS, `failures after kill ${kill}`)]);
    server = servers.use(await start(port));
  }
  isOver = true;
  await ended;
  assert.equal(session.stats().inFlight, 0);
}
