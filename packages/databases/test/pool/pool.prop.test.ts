import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelScope, gather, now, sleep } from '@sluice/core';
import fc from 'fast-check';
import type { Connection, StatementResult } from '../../src/connection/connection.ts';
import { type Opening, Pool } from '../../src/pool/pool.ts';

const NOTHING: StatementResult = { rows: [], rowsAffected: 0, insertId: undefined, info: '' };

/** A server of connections that takes its time, and knows of each who uses it. */
class FakeServer {
  readonly open = new Set<FakeConnection>();
  mostOpen = 0;

  opening(delayMs: number): Opening {
    const connection = new FakeConnection(this);
    const giveUp = new AbortController();
    const ready = delay(delayMs, undefined, { signal: giveUp.signal }).then(() => connection.begin());
    ready.catch(() => {});
    return { ready, abort: () => giveUp.abort() };
  }
}

class FakeConnection implements Connection {
  readonly dialect = 'postgres';
  readonly label = 'a fake';
  readonly hasOpenTransaction = false;
  readonly #server: FakeServer;
  #end: ((error: Error) => void) | undefined;
  isAlive = false;
  isBusy = false;

  constructor(server: FakeServer) {
    this.#server = server;
  }

  begin(): this {
    this.isAlive = true;
    this.#server.open.add(this);
    this.#server.mostOpen = Math.max(this.#server.mostOpen, this.#server.open.size);
    return this;
  }

  async run(sql: string): Promise<StatementResult> {
    assert.ok(this.isAlive, 'a dead connection was used');
    assert.ok(!this.isBusy, 'a connection was given to two');
    this.isBusy = true;
    try {
      const ending = new AbortController();
      this.#end = (error) => ending.abort(error);
      await delay(Number(sql), undefined, { signal: ending.signal });
      return NOTHING;
    } finally {
      this.isBusy = false;
    }
  }

  openCursor(): never {
    throw new Error('not here');
  }

  interrupt(): Promise<void> {
    this.#end?.(new Error('interrupted'));
    return Promise.resolve();
  }

  verify(): Promise<void> {
    assert.ok(!this.isBusy);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.destroy();
    return Promise.resolve();
  }

  destroy(): void {
    this.isAlive = false;
    this.#server.open.delete(this);
    this.#end?.(new Error('destroyed'));
  }
}

const SETTINGS = { connectTimeoutMs: 1000, maxLifetimeMs: 20, checkIdleAfterMs: 3, label: 'a fake' };

test('under random cancels no connection is lost, none is given to two, and all permits come back', async () => {
  const user = fc.record({
    startMs: fc.nat(8),
    runMs: fc.nat(4),
    cancelMs: fc.option(fc.nat(12)),
    dies: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(user, { maxLength: 30 }), async (size, users) => {
      const server = new FakeServer();
      const pool = new Pool(() => server.opening(2), { ...SETTINGS, size });
      await gather(
        users.map(({ startMs, runMs, cancelMs, dies }) => async () => {
          await sleep(startMs);
          await cancelScope(async (scope) => {
            if (cancelMs !== null) scope.deadline = now() + cancelMs;
            const { session, release } = await pool.acquire();
            try {
              await session.run(String(runMs));
              if (dies) session.connection.destroy();
            } finally {
              await release();
            }
          });
        }),
      );
      const { idle, inUse, waiting, opened, closed } = pool.statistics();
      assert.deepEqual({ inUse, waiting }, { inUse: 0, waiting: 0 });
      // One that was given up in the very turn in which it was opened is cut a moment later.
      await delay(3);
      assert.equal(idle, server.open.size);
      assert.equal(opened - closed, idle);
      assert.ok(server.mostOpen <= size);
      const leases = await gather(Array.from({ length: size }, () => () => pool.acquire()));
      assert.equal(new Set(leases.map(({ session }) => session.connection)).size, size);
      for (const { release } of leases) await release();
      await pool.close(0);
      assert.equal(server.open.size, 0);
    }),
    { numRuns: 100 },
  );
});

test('who waits longest is served first, and one connection serves all', async () => {
  const server = new FakeServer();
  const pool = new Pool(() => server.opening(1), { ...SETTINGS, maxLifetimeMs: 10_000, size: 1 });
  const order: number[] = [];
  await gather(
    [0, 1, 2, 3, 4].map((number) => async () => {
      const { session, release } = await pool.acquire();
      await session.run('1');
      order.push(number);
      await release();
    }),
  );
  assert.deepEqual(order, [0, 1, 2, 3, 4]);
  assert.equal(pool.statistics().opened, 1);
  await pool.close(0);
});

test('closing waits for those in use, and cuts them when the grace is over', async () => {
  const server = new FakeServer();
  const pool = new Pool(() => server.opening(1), { ...SETTINGS, size: 2 });
  const quick = await pool.acquire();
  const stuck = await pool.acquire();
  const running = assert.rejects(stuck.session.run('60000'), { name: 'AbortError' });
  await gather([
    () => pool.close(30),
    async () => {
      await quick.session.run('5');
      await quick.release();
    },
  ]);
  await running;
  await stuck.release();
  assert.equal(server.open.size, 0);
});
