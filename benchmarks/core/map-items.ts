// Items through a function that yields once, 100 at once. node benchmarks/core/map-items.ts CONTENDER [items]
import { runContender } from './contender.ts';

const CONCURRENCY = 100;

function* indexes(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index;
}

const double = async (item: number): Promise<number> => {
  await Promise.resolve();
  return item * 2;
};

function countRight(results: readonly number[]): number {
  let right = 0;
  for (const [index, result] of results.entries()) if (result === index * 2) right++;
  return right;
}

await runContender(
  (items) => ({
    'plain loop': async () => async () => {
      const results: number[] = [];
      const source = indexes(items);
      let at = 0;
      const worker = async (): Promise<void> => {
        for (let next = source.next(); next.done !== true; next = source.next()) {
          const index = at++;
          results[index] = await double(next.value);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      return countRight(results);
    },
    sluice: async () => {
      const { map } = await import('@sluice/core');
      return async () => countRight(await map(indexes(items), double, { concurrency: CONCURRENCY }));
    },
    'p-limit': async () => {
      const { default: pLimit } = await import('p-limit');
      const limit = pLimit(CONCURRENCY);
      return async () => countRight(await Promise.all(Array.from(indexes(items), (item) => limit(double, item))));
    },
    'p-map': async () => {
      const { default: pMap } = await import('p-map');
      return async () => countRight(await pMap(indexes(items), double, { concurrency: CONCURRENCY }));
    },
    effect: async () => {
      const { Effect } = await import('effect');
      const work = (item: number) => Effect.as(Effect.yieldNow, item * 2);
      return async () =>
        countRight(await Effect.runPromise(Effect.forEach(indexes(items), work, { concurrency: CONCURRENCY })));
    },
  }),
  1_000_000,
);
