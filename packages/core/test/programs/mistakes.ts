import { cancelScope, run, sleep, taskGroup, timeout } from '@sluice/core';

// One mistake each, which debug mode has to name with the task and its line.
const how = process.argv[2];
const debug = process.argv[3];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function blocks(): Promise<void> {
  await sleep(10);
  for (const end = performance.now() + 500; performance.now() < end; );
  await sleep(1);
}

async function holdsUp(): Promise<void> {
  await sleep(1); // the last checkpoint
  await wait(1800);
}

async function swallows(): Promise<void> {
  for (let round = 0; round < 5; round++) await sleep(1).catch(() => {});
}

const mistakes: Record<string, () => Promise<unknown>> = {
  blocks: () => taskGroup((group) => void group.spawn(blocks)),
  'held-up': () =>
    taskGroup(async (group) => {
      const task = group.spawn(holdsUp);
      await sleep(50);
      task.cancel();
    }),
  'no-checkpoint': () => taskGroup((group) => void group.spawn(holdsUp)),
  swallows: () =>
    cancelScope(async (scope) => {
      scope.cancel();
      await swallows();
    }),
  // With a line behind the call: Bun replaces the frame of a function that returns a call by that of the called one.
  generator: async () => {
    await timeout('1s', numbers);
  },
  none: () =>
    taskGroup(async (group) => {
      group.spawn(() => sleep(1500));
      await cancelScope(async (scope) => {
        scope.deadline = 0;
        await sleep(1);
      });
    }),
};

async function* numbers(): AsyncGenerator<number> {
  yield 1;
}

await run(mistakes[how!]!, {
  handleSignals: false,
  name: 'main',
  ...(debug === undefined ? {} : { debug: debug === 'true' }),
});
console.log(`ended ${Object.keys(mistakes).length}`);
