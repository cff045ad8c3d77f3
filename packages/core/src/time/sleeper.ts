import { formatDuration } from '../duration.ts';
import { Waiter } from '../scope/waiter.ts';
import type { TimerEntry } from './timer-heap.ts';

/** A wait that stands in the timer heap, so that time finds it. Leaving is O(log n). One that is in no heap sleeps for ever. */
export class Sleeper extends Waiter<void> implements TimerEntry {
  dueAt = 0;
  dueOrder = 0;
  heapIndex = -1;

  override get waitsOn(): string {
    if (this.heapIndex < 0) return 'sleepForever';
    return `sleep until +${formatDuration(Math.max(0, this.dueAt - this.scope.runtime.clock.now()))}`;
  }

  fire(): void {
    this.grant(undefined);
  }

  protected override leave(): void {
    if (this.heapIndex >= 0) this.scope.runtime.timers.remove(this);
  }
}
