import type { TimerEntry } from '../time/timer-heap.ts';
import type { Scope } from './scope.ts';

/** What only some scopes have. It is made when one first needs it, so that a million plain tasks do not carry it. */
export class Seldom implements TimerEntry {
  readonly scope: Scope;
  /** Behind `scope.signal`. */
  controller: AbortController | null = null;
  /** Streams that were begun in the scope and are read there: they end with it. */
  openStreams: Set<Scope> | null = null;
  /** Called when the last child has left. */
  onChildless: (() => void) | null = null;
  /** Whether cancellation from outside is kept out. */
  isShielded = false;
  /** Whether a cancellation was taken at the end of the scope. */
  hasCaught = false;
  /** The deadline. */
  dueAt: number = Number.POSITIVE_INFINITY;
  dueOrder = 0;
  heapIndex = -1;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** The deadline has come. */
  fire(): void {
    this.scope.cancelAs('deadline');
  }
}
