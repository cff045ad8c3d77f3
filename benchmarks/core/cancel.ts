// Cancels a group of sleeping children; only the cancel and what follows it is measured. node … cancel.ts CONTENDER [tasks]
import { type Contender, runContender } from './contender.ts';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

await runContender(
  (tasks): Record<string, Contender> => ({
    sluice: async () => {
      const { cancelScope, sleep, taskGroup } = await import('@sluice/core');
      let begun = 0;
      let ended = 0;
      let cancel = (): void => {};
      const sleeper = async (): Promise<void> => {
        begun++;
        try {
          await sleep('1h');
        } finally {
          ended++;
        }
      };
      const all = cancelScope(() =>
        taskGroup((group) => {
          cancel = () => group.cancel();
          for (let index = 0; index < tasks; index++) group.spawn(sleeper);
        }),
      );
      while (begun < tasks) await turn();
      return async () => {
        cancel();
        await all;
        return ended;
      };
    },
    effect: async () => {
      const { Effect, Fiber } = await import('effect');
      let begun = 0;
      let ended = 0;
      const sleeper = Effect.onInterrupt(
        Effect.suspend(() => {
          begun++;
          return Effect.sleep('1 hour');
        }),
        () => Effect.sync(() => void ended++),
      );
      const parent = Effect.runFork(
        Effect.gen(function* () {
          for (let index = 0; index < tasks; index++) yield* Effect.forkChild(sleeper);
          yield* Effect.never;
        }),
      );
      while (begun < tasks) await turn();
      return async () => {
        await Effect.runPromise(Fiber.interrupt(parent));
        return ended;
      };
    },
  }),
  100_000,
);
