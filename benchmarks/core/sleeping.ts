// Memory that sleeping tasks hold: the heap after a collection, once all have begun. Prints bytes a task. node --expose-gc … sleeping.ts CONTENDER [tasks]
const [contender = '', count] = process.argv.slice(2);
const tasks = Number(count ?? 1_000_000);
const HOUR_MS = 3_600_000;
let begun = 0;

const contenders: Record<string, () => Promise<() => void>> = {
  sluice: async () => {
    const { sleep, taskGroup } = await import('@sluice/core');
    const sleeper = async (): Promise<void> => {
      await sleep(HOUR_MS + begun++);
    };
    return () => {
      void taskGroup((group) => {
        for (let index = 0; index < tasks; index++) group.spawn(sleeper);
      });
    };
  },
  promises: async () => {
    const { setTimeout: sleep } = await import('node:timers/promises');
    const sleeper = async (): Promise<void> => {
      await sleep(HOUR_MS + begun++);
    };
    return () => void Promise.all(Array.from({ length: tasks }, sleeper));
  },
  'promises, AbortSignal': async () => {
    const { setTimeout: sleep } = await import('node:timers/promises');
    const sleeper = async (): Promise<void> => {
      const { signal } = new AbortController();
      await sleep(HOUR_MS + begun++, undefined, { signal });
    };
    return () => void Promise.all(Array.from({ length: tasks }, sleeper));
  },
  effect: async () => {
    const { Effect } = await import('effect');
    const sleeper = Effect.suspend(() => Effect.sleep(HOUR_MS + begun++));
    return () => {
      Effect.runFork(
        Effect.gen(function* () {
          for (let index = 0; index < tasks; index++) yield* Effect.forkChild(sleeper);
          yield* Effect.never;
        }),
      );
    };
  },
};

async function heapAfterCollection(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    globalThis.gc!();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const begin = await contenders[contender]!();
const before = await heapAfterCollection();
begin();
while (begun < tasks) await new Promise((resolve) => setTimeout(resolve, 50));
const bytes = Math.round(((await heapAfterCollection()) - before) / tasks);
console.log(JSON.stringify({ bytes }));
process.exit(0);
