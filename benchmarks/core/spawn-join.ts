// Tasks that yield once, then joined: all alive at once, or, `in turns`, begun by a loop that gives way. node benchmarks/core/spawn-join.ts CONTENDER [tasks]
import type { Effect } from 'effect';
import { runContender } from './contender.ts';

/** Effect's own loop gives way after about as many, whether it is asked to or not. */
const A_TURN = 1024;

let ended = 0;
const task = async (): Promise<void> => {
  await Promise.resolve();
  ended++;
};

async function forkAndJoin(program: Effect.Effect<void>, tasks: number): Promise<() => Promise<number>> {
  const { Effect, Fiber } = await import('effect');
  const all = Effect.gen(function* () {
    const fibers = [];
    for (let index = 0; index < tasks; index++) fibers.push(yield* Effect.forkChild(program));
    for (const fiber of fibers) yield* Fiber.join(fiber);
  });
  return async () => {
    await Effect.runPromise(all);
    return ended;
  };
}

await runContender(
  (tasks) => ({
    'Promise.all': async () => async () => {
      const promises: Promise<void>[] = [];
      for (let index = 0; index < tasks; index++) promises.push(task());
      await Promise.all(promises);
      return ended;
    },
    sluice: async () => {
      const { taskGroup } = await import('@sluice/core');
      return async () => {
        await taskGroup((group) => {
          for (let index = 0; index < tasks; index++) group.spawn(task);
        });
        return ended;
      };
    },
    'Promise.all, in turns': async () => async () => {
      const promises: Promise<void>[] = [];
      for (let index = 1; index <= tasks; index++) {
        promises.push(task());
        if (index % A_TURN === 0) await Promise.resolve();
      }
      await Promise.all(promises);
      return ended;
    },
    'sluice, in turns': async () => {
      const { checkpoint, taskGroup } = await import('@sluice/core');
      return async () => {
        await taskGroup(async (group) => {
          for (let index = 1; index <= tasks; index++) {
            group.spawn(task);
            if (index % A_TURN === 0) await checkpoint();
          }
        });
        return ended;
      };
    },
    // A promise and a context of its own a task, by `run`, and nothing else. (`enterWith` in a microtask of its own costs less: see benchmarks/README.md.)
    'one context a task': async () => {
      const { AsyncLocalStorage } = await import('node:async_hooks');
      const storage = new AsyncLocalStorage<object>();
      return async () => {
        const promises: Promise<void>[] = [];
        for (let index = 0; index < tasks; index++) promises.push(storage.run({ index }, task));
        await Promise.all(promises);
        return ended;
      };
    },
    effect: async () => {
      const { Effect } = await import('effect');
      return forkAndJoin(Effect.yieldNow.pipe(Effect.andThen(Effect.sync(() => void ended++))), tasks);
    },
    // The same async function as the others'; the program above is Effect all the way and makes no promise.
    'effect, async': async () => {
      const { Effect } = await import('effect');
      return forkAndJoin(Effect.promise(task), tasks);
    },
    effection: async () => {
      const { call, run, spawn } = await import('effection');
      return async () => {
        await run(function* () {
          const children = [];
          for (let index = 0; index < tasks; index++) {
            children.push(
              yield* spawn(function* () {
                yield* call(() => Promise.resolve());
                ended++;
              }),
            );
          }
          for (const child of children) yield* child;
        });
        return ended;
      };
    },
  }),
  1_000_000,
);
