// Takes and gives back a permit: one task alone, or 100 tasks for 10 permits that hold it over one yield. node … permits.ts CONTENDER [times]
import { runContender } from './contender.ts';

const TASKS = 100;
const PERMITS = 10;

/** `times` holds by `tasks` loops at once. */
async function loops(tasks: number, times: number, hold: () => Promise<void>): Promise<void> {
  let left = times;
  const loop = async (): Promise<void> => {
    while (left-- > 0) await hold();
  };
  await Promise.all(Array.from({ length: tasks }, loop));
}

await runContender((times) => {
  let held = 0;
  const yields = async (): Promise<void> => {
    await Promise.resolve();
    held++;
  };
  const counts = (): void => {
    held++;
  };
  const many = (hold: () => Promise<void>) => async (): Promise<number> => {
    await loops(TASKS, times, hold);
    return held;
  };
  const alone = (hold: () => Promise<void>) => async (): Promise<number> => {
    await loops(1, times, hold);
    return held;
  };
  return {
    'sluice, alone': async () => {
      const { Semaphore } = await import('@sluice/core');
      const semaphore = new Semaphore(1);
      return alone(async () => {
        const permit = await semaphore.acquire();
        counts();
        permit.release();
      });
    },
    'async-mutex, alone': async () => {
      const { Semaphore } = await import('async-mutex');
      const semaphore = new Semaphore(1);
      return alone(async () => {
        const [, release] = await semaphore.acquire();
        counts();
        release();
      });
    },
    'p-limit, alone': async () => {
      const { default: pLimit } = await import('p-limit');
      const limit = pLimit(1);
      return alone(() => limit(counts));
    },
    'effect, alone': async () => {
      const { Effect, Semaphore } = await import('effect');
      const semaphore = Semaphore.makeUnsafe(1);
      const program = Effect.gen(function* () {
        for (let time = 0; time < times; time++) yield* semaphore.withPermits(1)(Effect.sync(counts));
      });
      return async () => {
        await Effect.runPromise(program);
        return held;
      };
    },
    'sluice, contended': async () => {
      const { Semaphore } = await import('@sluice/core');
      const semaphore = new Semaphore(PERMITS);
      return many(async () => {
        const permit = await semaphore.acquire();
        await yields();
        permit.release();
      });
    },
    'async-mutex, contended': async () => {
      const { Semaphore } = await import('async-mutex');
      const semaphore = new Semaphore(PERMITS);
      return many(async () => {
        const [, release] = await semaphore.acquire();
        await yields();
        release();
      });
    },
    'p-limit, contended': async () => {
      const { default: pLimit } = await import('p-limit');
      const limit = pLimit(PERMITS);
      return many(() => limit(yields));
    },
    'effect, contended': async () => {
      const { Effect, Semaphore } = await import('effect');
      const semaphore = Semaphore.makeUnsafe(PERMITS);
      let left = times;
      const hold = semaphore.withPermits(1)(Effect.andThen(Effect.yieldNow, Effect.sync(counts)));
      const loop = Effect.gen(function* () {
        while (left-- > 0) yield* hold;
      });
      const all = Effect.all(
        Array.from({ length: TASKS }, () => loop),
        { concurrency: 'unbounded' },
      );
      return async () => {
        await Effect.runPromise(all);
        return held;
      };
    },
  };
}, 1_000_000);
