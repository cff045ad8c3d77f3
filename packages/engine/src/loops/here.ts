import { UsageError } from '@sluice/core';

let isLoop = false;

/** This thread is an event loop of a run in another thread. */
export function becomeLoop(): void {
  isLoop = true;
}

/** @throws UsageError in a thread that is an event loop of a run: a module that starts its own run when it is imported would do so in every loop */
export function refuseInLoop(): void {
  if (!isLoop) return;
  throw new UsageError(
    'the module of the job starts the run when it is imported, which every loop would do again: ' +
      'put the start behind `if (import.meta.main)`, or in another file',
  );
}
