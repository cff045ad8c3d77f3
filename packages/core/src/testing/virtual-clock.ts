import { UsageError } from '../errors/usage-error.ts';
import { runInScope } from '../scope/ambient.ts';
import type { Clock } from '../time/clock.ts';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = 0;
  #alarm: { at: number; ring: () => void } | undefined;

  now(): number {
    return this.#now;
  }

  /** When the next timer is due; undefined when none is. */
  get nextAlarmAt(): number | undefined {
    return this.#alarm?.at;
  }

  setAlarm(at: number | undefined, ring: () => void): void {
    this.#alarm = at === undefined ? undefined : { at, ring };
  }

  /** Moves time on by `ms`, firing what becomes due, each at its own time. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new UsageError(`a clock only moves forward, not by ${ms}`);
    const end = this.#now + ms;
    for (let alarm = this.#alarm; alarm !== undefined && alarm.at <= end; alarm = this.#alarm) this.#ring(alarm);
    this.#now = end;
  }

  #ring(alarm: { at: number; ring: () => void }): void {
    this.#alarm = undefined;
    this.#now = Math.max(this.#now, alarm.at);
    runInScope(undefined, alarm.ring, undefined);
  }
}

/**
 * A clock that jumps to the next timer whenever nothing else can happen: a test of hours takes milliseconds. It sees our own waits and
 * what waits in `cancellable`; `setTimeout`, `Date.now` and other I/O are not virtual and not seen.
 */
export class AutojumpClock extends ManualClock {
  #foreignWaits = 0;
  #activity: () => number = () => 0;
  #seen = -1;
  #isWatching = false;

  /** How the clock learns whether anything happened. */
  watch(activity: () => number): void {
    this.#activity = activity;
  }

  foreignWaits(change: 1 | -1): void {
    this.#foreignWaits += change;
    this.#look();
  }

  override setAlarm(at: number | undefined, ring: () => void): void {
    super.setAlarm(at, ring);
    this.#look();
  }

  /** Looks again after each turn of the event loop, while there is something to jump to. */
  #look(): void {
    if (this.#isWatching || this.nextAlarmAt === undefined || this.#foreignWaits > 0) return;
    this.#isWatching = true;
    this.#seen = this.#activity();
    runInScope(undefined, setImmediate as (callback: () => void) => unknown, () => {
      this.#isWatching = false;
      const at = this.nextAlarmAt;
      if (at === undefined || this.#foreignWaits > 0) return;
      if (this.#activity() === this.#seen) this.advance(Math.max(0, at - this.now()));
      this.#look();
    });
  }
}
