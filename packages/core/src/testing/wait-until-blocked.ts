import { cancellable } from '../scope/checkpoint.ts';
import { scopeHere } from '../scope/current.ts';
import { afterMacrotask } from '../time/after-macrotask.ts';

/**
 * Waits until every other task of the run is blocked: in a whole turn of the event loop nothing of ours went on. Virtual time does not jump
 * meanwhile (after Trio's `wait_all_tasks_blocked`). Foreign I/O is not seen: a task that waits for a socket counts as blocked.
 *
 * @throws CancelledError
 * @example
 * const task = group.spawn(() => queue.get());
 * await waitUntilBlocked(); // now it waits
 * queue.tryPut('item');
 */
export function waitUntilBlocked(): Promise<void> {
  const { runtime } = scopeHere();
  let isLooking = true;
  const blocked = new Promise<void>((resolve) => {
    const look = (): void => {
      const seen = runtime.activity;
      afterMacrotask(() => {
        if (!isLooking) return;
        if (runtime.activity === seen) resolve();
        else look();
      });
    };
    look();
  });
  return cancellable(blocked, {
    onCancel: () => {
      isLooking = false;
    },
  });
}
