import { isCancelled, moveOnAfter, sleep } from '@sluice/core';

const steps: string[] = [];

await moveOnAfter('30ms', async () => {
  try {
    await sleep('1h');
  } catch {
    steps.push('swallowed'); // meant for errors of the work, and took the cancel too
  }
  await sleep('1h'); // throws at once: the scope is still cancelled
  steps.push('never reached');
});

await moveOnAfter('30ms', async () => {
  try {
    await sleep('1h');
  } catch (error) {
    if (isCancelled(error)) throw error;
    steps.push('never reached');
  }
});

console.log(steps.join(', '));
