import { checkpoint, run, sleep, timeout } from '@sluice/core';

// Computes for long with nothing but checkpoints in between.
const how = process.argv[2];

async function compute(): Promise<void> {
  for (;;) {
    for (let step = 0; step < 1000; step++) Math.sqrt(step);
    if (how === 'sleep0') await sleep(0);
    else await checkpoint();
  }
}

if (how === 'signal') {
  await run(async () => {
    console.log('ready');
    await compute();
  });
} else {
  await run(async () => {
    await timeout(100, compute).catch((error: Error) => console.log(error.name));
  });
}
