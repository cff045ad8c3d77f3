import { setTimeout as elsewhere } from 'node:timers/promises';
import { cancellable, currentScope, moveOnAfter, now } from '@sluice/core';

async function measured(name: string, work: () => Promise<unknown>): Promise<void> {
  const begun = now();
  const { timedOut } = await moveOnAfter('50ms', work);
  console.log(`${name}: ${timedOut ? 'cut off' : 'not cut off'}, ${now() - begun < 250 ? 'at once' : 'late'}`);
}

// The library behind this promise knows nothing of our timeout.
await measured('a bare await', () => elsewhere(300));
// It takes a signal: hand it the scope's.
await measured('with the signal', () => elsewhere(300, undefined, { signal: currentScope().signal }));
// It takes none: leave the wait, and tell the work if it can be told.
await measured('in cancellable', () => cancellable(elsewhere(300)));
