import {
  cancellable,
  checkpoint,
  moveOnAfter,
  now,
  type Permit,
  Semaphore,
  shield,
  TimeoutError,
  timeout,
} from '@sluice/core';
import { attend } from '../connection/attend.ts';
import type { Connection } from '../connection/connection.ts';
import { DatabaseError } from '../errors/database-error.ts';
import { Session, STOP_GRACE_MS } from '../session/session.ts';

/** A connection that is being opened. */
export interface Opening {
  readonly ready: Promise<Connection>;
  /** Gives up; `ready` rejects. */
  abort(): void;
}

export interface PoolSettings {
  readonly size: number;
  readonly connectTimeoutMs: number;
  readonly maxLifetimeMs: number;
  readonly checkIdleAfterMs: number;
  /** Which server or file, for messages. */
  readonly label: string;
}

export interface PoolStatistics {
  /** How many connections there may be. */
  readonly size: number;
  readonly idle: number;
  readonly inUse: number;
  /** How many statements wait for a connection. */
  readonly waiting: number;
  /** Opened since the start. */
  readonly opened: number;
  /** Closed or lost since the start. */
  readonly closed: number;
}

interface Entry {
  readonly connection: Connection;
  readonly openedAt: number;
  idleSince: number;
}

/**
 * Connections for whoever needs one: first come, first served; the one used last is given first, so that spare ones grow old and go.
 * Every connection is either idle or with exactly one owner; one that cannot be trusted is closed, never given on.
 */
export class Pool {
  readonly #open: () => Opening;
  readonly #settings: PoolSettings;
  readonly #permits: Semaphore;
  readonly #idle: Entry[] = [];
  readonly #inUse = new Set<Entry>();
  #opened = 0;
  #closed = 0;
  #isClosed = false;

  constructor(open: () => Opening, settings: PoolSettings) {
    this.#open = open;
    this.#settings = settings;
    this.#permits = new Semaphore(settings.size);
  }

  /**
   * A session on a connection of its own. Give it back with `release`, which never throws.
   *
   * @throws DatabaseError when no connection can be opened or the pool is closed; CancelledError.
   */
  async acquire(): Promise<{ session: Session; release(): Promise<void> }> {
    this.#refuseIfClosed();
    const permit = await this.#permits.acquire();
    try {
      const entry = (await this.#takeIdle()) ?? (await this.#openEntry());
      const session = new Session(entry.connection);
      this.#inUse.add(entry);
      return { session, release: () => this.#release(entry, session, permit) };
    } catch (error) {
      permit.release();
      throw error;
    }
  }

  statistics(): PoolStatistics {
    return {
      size: this.#settings.size,
      idle: this.#idle.filter(({ connection }) => connection.isAlive).length,
      inUse: this.#inUse.size,
      waiting: this.#permits.statistics().waiting,
      opened: this.#opened,
      closed: this.#closed,
    };
  }

  /** Refuses newcomers, waits at most `graceMs` for those in use and cuts what is left. */
  async close(graceMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await shield(async () => {
      await Promise.all(this.#idle.splice(0).map((entry) => this.#discard(entry)));
      await moveOnAfter(graceMs, async () => {
        for (let held = 0; held < this.#settings.size; held++) await this.#permits.acquire();
      });
      await Promise.all([...this.#inUse].map((entry) => cutOff(entry)));
    });
  }

  async #takeIdle(): Promise<Entry | undefined> {
    for (;;) {
      await checkpoint();
      const entry = this.#idle.pop();
      if (entry === undefined || (await this.#isFit(entry))) return entry;
    }
  }

  /** A connection that lay idle is asked first, so that a server's restart costs the next statement nothing: nothing of it was sent. */
  async #isFit(entry: Entry): Promise<boolean> {
    const time = now();
    if (!entry.connection.isAlive || time - entry.openedAt >= this.#settings.maxLifetimeMs) {
      await shield(() => this.#discard(entry));
      return false;
    }
    return time - entry.idleSince < this.#settings.checkIdleAfterMs || (await this.#verify(entry));
  }

  async #openEntry(): Promise<Entry> {
    this.#refuseIfClosed();
    const { connectTimeoutMs, label } = this.#settings;
    const opening = this.#open();
    try {
      const connection = await timeout(connectTimeoutMs, () =>
        attend(opening.ready, {
          interrupt: () => Promise.resolve(opening.abort()),
          destroy: opening.abort,
          graceMs: STOP_GRACE_MS,
        }),
      );
      this.#opened++;
      return { connection, openedAt: now(), idleSince: now() };
    } catch (error) {
      // It may have been opened in the very turn in which it was given up.
      opening.ready.then(
        (connection) => connection.destroy(),
        () => {},
      );
      if (!(error instanceof TimeoutError)) throw error;
      throw new DatabaseError(
        `${label} did not answer within ${connectTimeoutMs} ms: check host and port, or allow more with \`connectTimeout\``,
        { code: 'SLUICE_DB_UNREACHABLE', cause: error },
      );
    }
  }

  async #release(entry: Entry, session: Session, permit: Permit): Promise<void> {
    await shield(async () => {
      const { connection } = entry;
      const isOld = now() - entry.openedAt >= this.#settings.maxLifetimeMs;
      if (this.#isClosed || isOld || !connection.isAlive) await this.#discard(entry);
      else if (!session.isSuspect || (await this.#verify(entry))) this.#giveBack(entry);
    });
    this.#inUse.delete(entry);
    permit.release();
  }

  #giveBack(entry: Entry): void {
    entry.idleSince = now();
    this.#idle.push(entry);
  }

  /** Whether the connection answers and is clean; one that is not has been cut. */
  async #verify(entry: Entry): Promise<boolean> {
    const { connection } = entry;
    try {
      await timeout(STOP_GRACE_MS, () =>
        attend(connection.verify(), { interrupt: undefined, destroy: () => connection.destroy(), graceMs: 0 }),
      );
      return true;
    } catch (error) {
      connection.destroy();
      this.#closed++;
      if (error instanceof DatabaseError || error instanceof TimeoutError) return false;
      throw error;
    }
  }

  async #discard(entry: Entry): Promise<void> {
    const { connection } = entry;
    this.#closed++;
    if (connection.isAlive) await moveOnAfter(STOP_GRACE_MS, () => cancellable(connection.close()));
    // Frees what is left of one that broke, or did not say goodbye in time.
    connection.destroy();
  }

  #refuseIfClosed(): void {
    if (!this.#isClosed) return;
    throw new DatabaseError(`${this.#settings.label} was closed: statements must end before close()`, {
      code: 'SLUICE_DB_CLOSED',
    });
  }
}

/** A server notices that its client is gone only when it has something to send: a statement that is cut off is ended there first. */
async function cutOff({ connection }: Entry): Promise<void> {
  await moveOnAfter(STOP_GRACE_MS, () => cancellable(connection.interrupt().catch(() => {})));
  connection.destroy();
}
