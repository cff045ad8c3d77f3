import { replaceValues, valuesHere } from '../context/values.ts';
import { UsageError } from '../errors/usage-error.ts';
import { scopeHere } from '../scope/current.ts';
import { shield } from '../scope/shield.ts';
import type { Limiter } from '../sync/limiter.ts';
import type { Group } from '../task/group.ts';
import { throwFailure } from './gather.ts';
import { type Pull, type Pulled, pull, type Source } from './pull.ts';
import { WholeGroup } from './whole-group.ts';

/** Options of {@link map} and {@link mapSettled}. */
export interface MapOptions {
  /** How many at once: a number (1 or more), or a limiter that is shared with others. Default 10; never unlimited by accident. */
  readonly concurrency?: number | Limiter;
  /** Name in errors and in the task tree. Default `map`. */
  readonly name?: string;
}

/** What is done to one item. */
export type MapFunction<T, R> = (item: T, index: number) => R | PromiseLike<R>;

/**
 * Calls `fn` on every item of an iterable or async iterable, at most `concurrency` at once, and gives the results in the order of the input.
 * Items are read as they are needed. The first failure cancels the others, waits for them and is thrown as it is.
 *
 * @throws the first failure (others in `suppressedErrors`); CancelledError; UsageError for a bad concurrency or source.
 * @example
 * const pages = await map(urls, (url) => session.get(url), { concurrency: 10 });
 */
export async function map<T, R>(source: Source<T>, fn: MapFunction<T, R>, options: MapOptions = {}): Promise<R[]> {
  const results: R[] = [];
  await forEach(source, fn, options, 'map', {
    done: (index, value) => {
      results[index] = value;
    },
    failed: (_, error) => {
      throw error;
    },
  });
  return results;
}

/**
 * Like {@link map}, but no failure throws the others' results away: each result says how its item ended, as in `Promise.allSettled`.
 * asyncio's `Semaphore(10)` and `return_exceptions=True` in one word.
 *
 * @example
 * const results = await mapSettled(urls, (url) => session.get(url), { concurrency: 10 });
 * const failed = results.filter((result) => result.status === 'rejected');
 */
export async function mapSettled<T, R>(
  source: Source<T>,
  fn: MapFunction<T, R>,
  options: MapOptions = {},
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  await forEach(source, fn, options, 'mapSettled', {
    done: (index, value) => {
      results[index] = { status: 'fulfilled', value };
    },
    failed: (index, reason) => {
      if (scopeHere().by !== null) throw reason;
      results[index] = { status: 'rejected', reason };
    },
  });
  return results;
}

/** What becomes of an item's value, and of its error. */
interface Outcomes<R> {
  done(index: number, value: R): void;
  /** @throws the error, if it ends all. */
  failed(index: number, error: unknown): void;
}

async function forEach<T, R>(
  source: Source<T>,
  fn: MapFunction<T, R>,
  options: MapOptions,
  defaultName: string,
  outcomes: Outcomes<R>,
): Promise<void> {
  const concurrency = options.concurrency ?? 10;
  checkConcurrency(concurrency);
  const items = pull(source);
  const group = new WholeGroup(scopeHere(), options.name ?? defaultName);
  const ending = await group.enter<void>(() => {
    if (typeof concurrency !== 'number') return spawnPerItem(group, items, concurrency, fn, outcomes);
    spawnWorkers(group, items, concurrency, fn, outcomes);
  });
  const hasFailed = group.failures.length > 0 || ending.kind !== 'value';
  if (hasFailed) await closeSource(group, items);
  throwFailure(group);
  if (ending.kind === 'error') throw ending.error;
}

/** As many workers as may work at once, each taking the next item: no task, no permit and no promise of ours an item. */
function spawnWorkers<T, R>(
  group: Group,
  items: Pull<T>,
  concurrency: number,
  fn: MapFunction<T, R>,
  outcomes: Outcomes<R>,
): void {
  let spawned = 0;
  let isExhausted = false;
  const values = valuesHere();
  const work = async (): Promise<void> => {
    for (;;) {
      // What one item sets in a context variable is not for the next one that this worker takes.
      if (values !== valuesHere()) replaceValues(values);
      const next = items.next();
      const pulled = next instanceof Promise ? await next : next;
      if (pulled === undefined) {
        isExhausted = true;
        return;
      }
      // One worker starts the next, so that a short source does not get more workers than it has items.
      if (spawned < concurrency && !isExhausted && group.by === null) spawnWorker();
      try {
        outcomes.done(pulled.index, await fn(pulled.item, pulled.index));
      } catch (error) {
        outcomes.failed(pulled.index, error);
      }
      if (group.by !== null) return;
    }
  };
  const spawnWorker = (): void => {
    spawned++;
    group.spawn(work, `${group.name} worker ${spawned}`);
  };
  spawnWorker();
}

/** A limiter that is shared with others decides when an item may start: a permit first, then the item, then its task. */
async function spawnPerItem<T, R>(
  group: Group,
  items: Pull<T>,
  limiter: Limiter,
  fn: MapFunction<T, R>,
  outcomes: Outcomes<R>,
): Promise<void> {
  for (;;) {
    const permit = await limiter.acquire();
    let pulled: Pulled<T> | undefined;
    try {
      pulled = await items.next();
    } catch (error) {
      permit.release();
      throw error;
    }
    if (pulled === undefined || group.by !== null) {
      permit.release();
      return;
    }
    const { item, index } = pulled;
    group.spawn(async () => {
      using _permit = permit;
      try {
        outcomes.done(index, await fn(item, index));
      } catch (error) {
        outcomes.failed(index, error);
      }
    }, `${group.name}[${index}]`);
  }
}

/** Closes a source that was not read to its end; its own failure while closing counts like any other. */
export async function closeSource<T>(group: Group, items: Pull<T>): Promise<void> {
  try {
    await shield(() => items.close());
  } catch (error) {
    group.failures.push({ error, taskName: null });
  }
}

export function checkConcurrency(concurrency: number | Limiter): void {
  if (typeof concurrency === 'number') {
    if (concurrency === Number.POSITIVE_INFINITY || (Number.isInteger(concurrency) && concurrency >= 1)) return;
  } else if (typeof concurrency?.acquire === 'function') return;
  throw new UsageError(`concurrency must be a whole number of 1 or more, or a limiter, not ${String(concurrency)}`);
}
