import type { RingReader } from '../ring/ring-reader.ts';
import { Batch } from './batch.ts';
import type { Outlet, OutletState } from './outlet.ts';

/** Bytes that are written at once. */
const BATCH_SIZE = 65_536;

/** What the pump works with. */
export interface PumpParts {
  readonly ring: RingReader;
  readonly outlet: Outlet;
  /** How lines are formatted for the outlet as it is now; undefined to write them as they are. */
  readonly formatFor: (outlet: Outlet) => ((line: string) => string) | undefined;
  /** Called after lines went out or were lost, and after a reopening, when the loop is waiting for that. */
  readonly announce: () => void;
}

/** Moves lines from the ring to the outlet until it is told to end: then it writes what it can without waiting, and returns. */
export function pump({ ring, outlet, formatFor, announce }: PumpParts): void {
  let batch: Batch | undefined;
  for (;;) {
    const { wakes } = ring;
    if (ring.isReopenAsked) {
      const answer = ring.takeReopen();
      outlet.close();
      batch?.rewind();
      outlet.prepare();
      answer();
      if (ring.isWatched) announce();
    }
    let state: OutletState = outlet.prepare();
    if (state !== 'blocked') {
      const lines = batch === undefined ? ring.peek(BATCH_SIZE) : undefined;
      if (lines !== undefined) batch = Batch.of(lines, formatFor(outlet));
      if (batch === undefined) {
        if (ring.isClosing) break;
        ring.rest(wakes);
        continue;
      }
      if (state === 'open') state = outlet.write(batch);
      if (state === 'gone' || batch.isDone) {
        ring.consume(batch.sourceSize, { written: batch.written, lost: batch.unwritten });
        batch = undefined;
        if (ring.isWatched) announce();
      }
    }
    if (state === 'blocked') {
      if (ring.isClosing) break;
      ring.pause(wakes, outlet.retryMs);
    }
  }
  if (batch !== undefined) ring.count({ written: batch.written, lost: 0 });
  outlet.close();
}
