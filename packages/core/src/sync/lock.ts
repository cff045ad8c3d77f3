import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope, scopeHere } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import type { Scope } from '../scope/scope.ts';
import type { Limiter, Permit } from './limiter.ts';
import { QueueWaiter } from './queue-waiter.ts';
import { WaitQueue } from './wait-queue.ts';

/** What `statistics()` of a lock tells. */
export interface LockStatistics {
  readonly isLocked: boolean;
  /** Who holds it: `task 'name'`; undefined while it is free. */
  readonly owner: string | undefined;
  readonly waiting: number;
}

/**
 * One at a time, first in, first out. A lock belongs to the task that took it, and only that task can give it back. It cannot be taken twice:
 * a task that asks again while it holds the lock waits for itself.
 *
 * @example
 * const lock = new Lock();
 * await lock.with(async () => { balance = (await read()) - 10; await write(balance); });
 */
export class Lock implements Limiter {
  #holder: LockPermit | null = null;
  readonly #queue = new WaitQueue<LockWaiter>('Lock.acquire');
  readonly #release = (permit: LockPermit): void => this.#giveBack(permit);

  get isLocked(): boolean {
    return this.#holder !== null;
  }

  /** Whether the calling task holds it. */
  get isMine(): boolean {
    return this.#holder !== null && this.#holder.owner === scopeHere().owner;
  }

  /**
   * Waits for the lock. `using permit = await lock.acquire()` gives it back at the end of the block.
   *
   * @throws CancelledError when the current scope is cancelled: then it was not taken.
   */
  acquire(): Promise<Permit> {
    const scope = checkpointScope();
    if (scope.by !== null) return refuse(scope);
    const permit = new LockPermit(scope.owner, this.#release);
    if (this.#take(permit)) return Promise.resolve(permit);
    return this.#queue.push(new LockWaiter(scope, permit)).promise;
  }

  tryAcquire(): Permit | undefined {
    const permit = new LockPermit(scopeHere().owner, this.#release);
    return this.#take(permit) ? permit : undefined;
  }

  /** Runs `fn` while it holds the lock, and gives it back however `fn` ends. */
  async with<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    using _permit = await this.acquire();
    return await fn();
  }

  /**
   * Gives the lock to whoever waits for it, though its permit stays: what `Condition.wait` is made of. The answer waits for the lock again,
   * and the permit is then worth what it was.
   *
   * @throws UsageError when the calling task does not hold it.
   */
  suspend(): () => Promise<void> {
    const permit = this.#holder;
    if (permit === null || !this.isMine) {
      throw new UsageError(`${scopeHere().label} does not hold the lock: take it first (await lock.acquire())`);
    }
    this.#passOn();
    return async () => {
      const scope = checkpointScope();
      if (!this.#take(permit)) await this.#queue.push(new LockWaiter(scope, permit)).promise;
    };
  }

  statistics(): LockStatistics {
    const owner = this.#holder === null ? undefined : labelOf(this.#holder.owner);
    return { isLocked: this.isLocked, owner, waiting: this.#queue.length };
  }

  #take(permit: LockPermit): boolean {
    // While somebody waits it is never free: it is handed on, not laid down.
    if (this.#holder !== null) return false;
    this.#holder = permit;
    return true;
  }

  #giveBack(permit: LockPermit): void {
    if (this.#holder !== permit)
      throw new UsageError('the lock was given up meanwhile: condition.wait() has not ended');
    this.#passOn();
  }

  #passOn(): void {
    const next = this.#queue.first;
    this.#holder = next === null ? null : next.permit;
    next?.grant(next.permit);
  }
}

class LockWaiter extends QueueWaiter<Permit> {
  readonly permit: LockPermit;

  constructor(scope: Scope, permit: LockPermit) {
    super(scope);
    this.permit = permit;
  }
}

class LockPermit implements Permit {
  readonly owner: Scope | null;
  #release: ((permit: LockPermit) => void) | undefined;

  constructor(owner: Scope | null, release: (permit: LockPermit) => void) {
    this.owner = owner;
    this.#release = release;
  }

  release(): void {
    if (this.#release === undefined) throw new UsageError('this lock was given back already');
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#release === undefined) return;
    const scope = scopeHere();
    if (scope.owner !== this.owner) {
      throw new UsageError(`${labelOf(scope.owner)} cannot give back a lock that ${labelOf(this.owner)} holds`);
    }
    this.#release(this);
    this.#release = undefined;
  }
}

function labelOf(owner: Scope | null): string {
  return owner === null ? 'the main program' : owner.label;
}
