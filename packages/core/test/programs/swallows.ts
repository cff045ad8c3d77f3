import { cancelScope, checkpoint, run, sleep } from '@sluice/core';

// Catches every cancellation and goes on, until told otherwise.
const how = process.argv[2];
let stop = false;

process.on('unhandledRejection', (error) => {
  console.log(`unhandled ${String(error)}`);
});

async function stubborn(): Promise<void> {
  // Ten rounds at least, however slow the machine is.
  for (let round = 1; !stop || round <= 10; round++) {
    try {
      await sleep(1); // the line that is named
    } catch {
      // swallowed
    }
  }
}

if (how === 'timer') {
  await run(
    async () => {
      setTimeout(() => {
        stop = true;
        console.log('the timer got through');
      }, 100);
      await cancelScope(async (scope) => {
        scope.cancel();
        await stubborn();
      });
    },
    { handleSignals: false },
  );
  console.log('ended');
} else if (how === 'signal') {
  await run(async () => {
    console.log('ready');
    await stubborn();
  });
} else if (how === 'several') {
  // One task, two branches, both stubborn: no wait of theirs may raise an unhandled rejection.
  await run(
    async () => {
      setTimeout(() => {
        stop = true;
      }, 50);
      await cancelScope(async (scope) => {
        scope.cancel();
        void sleep(1);
        void checkpoint();
        await Promise.all([stubborn(), stubborn()]);
        void sleep(1);
      });
    },
    { handleSignals: false },
  );
  console.log('ended');
}
