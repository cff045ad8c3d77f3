import { CancelledError, cancelScope, run, shield, sleep, sleepForever } from '@sluice/core';

// A program that is to be interrupted; its argument says how it takes it.
const [how, grace] = process.argv.slice(2);

async function main(): Promise<string> {
  console.log('ready');
  try {
    await sleepForever();
  } catch (error) {
    console.log(`met ${error instanceof CancelledError ? `${error.source} ${String(error.reason)}` : String(error)}`);
    if (how === 'returns') return 'returned';
    if (how === 'throws') throw new Error('clean-up failed');
    if (how === 'slow') await shield(() => sleep('1h'));
    await shield(() => sleep(20));
    console.log('cleaned');
    throw error;
  } finally {
    console.log('finally');
  }
  return 'never';
}

async function untouched(): Promise<void> {
  // A cancel of main's own making is no signal: the process must not end by one.
  await cancelScope(async (scope) => {
    scope.cancel();
    await sleep(1);
  });
  console.log('finished');
}

const value = await run<unknown>(how === 'untouched' ? untouched : main, {
  ...(grace === undefined ? {} : { grace: grace === 'Infinity' ? Number.POSITIVE_INFINITY : (grace as '1s') }),
});
console.log(`value ${String(value)}`);
console.log(`listeners ${process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')}`);
