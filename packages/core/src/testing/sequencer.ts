import { brand } from '../errors/brand.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { Event } from '../sync/event.ts';

/** A part of the sequence was cancelled, so the later ones never had their turn. Code `SLUICE_SEQUENCE_BROKEN`. */
export class SequenceBrokenError extends SluiceError {
  constructor(position: number) {
    super(`the sequence is broken: position ${position} was cancelled before its turn`, {
      code: 'SLUICE_SEQUENCE_BROKEN',
    });
  }
}
brand(SequenceBrokenError, 'SequenceBrokenError');

/** Waits for the turn of `position`, which lasts until what it gives is disposed. */
export type Sequencer = (position: number) => Promise<Disposable>;

/**
 * Puts parts of several tasks into one order (after Trio's `Sequencer`): the part at 0 runs first, that at 1 when it is over, and so on.
 *
 * @throws from the sequencer: UsageError for a position that was taken; SequenceBrokenError when an earlier part was cancelled; CancelledError.
 * @example
 * const turn = sequencer();
 * group.spawn(async () => { using _ = await turn(1); log.push('second'); });
 * group.spawn(async () => { using _ = await turn(0); log.push('first'); });
 */
export function sequencer(): Sequencer {
  const ends: Event[] = [];
  const taken = new Set<number>();
  let brokenAt: number | undefined;
  const endOf = (position: number): Event => (ends[position] ??= new Event());
  return async (position) => {
    if (!(Number.isInteger(position) && position >= 0)) {
      throw new UsageError(`a position in a sequence is a whole number of 0 or more, not ${String(position)}`);
    }
    if (taken.has(position)) throw new UsageError(`position ${position} of the sequence was taken already`);
    taken.add(position);
    try {
      if (position > 0 && brokenAt === undefined) await endOf(position - 1).wait();
    } catch (error) {
      brokenAt ??= position;
      for (const end of ends) end?.set();
      throw error;
    }
    if (brokenAt !== undefined) throw new SequenceBrokenError(brokenAt);
    return { [Symbol.dispose]: () => endOf(position).set() };
  };
}
