import { now, sleep } from '@sluice/core';
import { testRun } from '@sluice/core/testing';

const realBegin = Date.now();

await testRun(async () => {
  const begun = now();
  const dateBegun = Date.now();
  await sleep('1h');
  console.log(`now() moved by ${(now() - begun) / 60_000} minutes`);
  console.log(`Date.now() moved by ${Math.round((Date.now() - dateBegun) / 60_000)} minutes`);
});

console.log(`the test took ${Date.now() - realBegin < 60_000 ? 'no time' : 'an hour'}`);
