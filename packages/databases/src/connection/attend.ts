import { cancellable, moveOnAfter, shield } from '@sluice/core';

/** How to end a statement whose scope was cancelled. */
export interface Stopper {
  /** Asks the server to end it; undefined for what must come to its own end, as a COMMIT. */
  readonly interrupt: (() => Promise<void>) | undefined;
  /** Cuts the connection: called when the statement has not ended in time. */
  readonly destroy: () => void;
  /** How long it may take to end, in milliseconds. */
  readonly graceMs: number;
}

/**
 * Waits for a statement that runs at a server. When the scope is cancelled, the statement is ended there first, and only then the
 * cancellation goes on: nothing runs behind the caller's back. What cannot be ended within the grace loses its connection.
 *
 * @throws CancelledError; what the statement rejects with.
 */
export async function attend<T>(running: Promise<T>, stopper: Stopper): Promise<T> {
  let hasEnded = false;
  const ended = running.then(
    () => {
      hasEnded = true;
    },
    () => {
      hasEnded = true;
    },
  );
  try {
    return await cancellable(running);
  } catch (error) {
    if (hasEnded) throw error;
    await shield(() => endStatement(ended, stopper));
    // What must come to its own end, did: its result counts, and the cancel is met at the next checkpoint.
    if (stopper.interrupt === undefined && hasEnded) return await running;
    throw error;
  }
}

async function endStatement(ended: Promise<void>, { interrupt, destroy, graceMs }: Stopper): Promise<void> {
  const { timedOut } = await moveOnAfter(graceMs, async () => {
    // Both are waited for: a request to cancel that is still under way could hit the connection's next statement.
    await cancellable(Promise.all([interrupt?.().catch(destroy), ended]));
  });
  if (!timedOut) return;
  destroy();
  await ended;
}
