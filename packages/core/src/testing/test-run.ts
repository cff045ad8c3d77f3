import { runIn } from '../task/run.ts';
import { Runtime } from '../task/runtime.ts';
import type { Clock } from '../time/clock.ts';
import { seededRandom } from './seeded-random.ts';
import { seededSchedule } from './seeded-schedule.ts';
import { AutojumpClock } from './virtual-clock.ts';

/** Options of {@link testRun}. */
export interface TestRunOptions {
  /** `'autojump'` (default): time jumps to the next timer when nothing else can happen. Or a {@link ManualClock} that the test moves. */
  readonly clock?: 'autojump' | Clock;
  /** Makes `random()` repeatable and draws the order of starts and wake-ups; without it that order is first in, first out. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a test in virtual time: an hour of `sleep` passes at once, in the right order. The same seed gives the same schedule, another seed
 * another one. `setTimeout`, `Date.now` and foreign I/O are not virtual; wrap a foreign promise in `cancellable` and time waits for it.
 *
 * @throws what `main` throws.
 * @example
 * await testRun(async () => {
 *   const before = now();
 *   await sleep('1h');
 *   assert.equal(now() - before, 3_600_000);
 * });
 */
export function testRun<T>(main: () => T | PromiseLike<T>, options: TestRunOptions = {}): Promise<T> {
  const clock = options.clock === undefined || options.clock === 'autojump' ? new AutojumpClock() : options.clock;
  const random = seededRandom(options.seed ?? 1);
  const goesOn = (count: number): void => {
    runtime.activity += count;
  };
  const seeded = options.seed === undefined ? {} : { schedule: seededSchedule(random, goesOn) };
  const runtime: Runtime = new Runtime({ clock, random, ...seeded });
  if (clock instanceof AutojumpClock) clock.watch(() => runtime.activity);
  return runIn(runtime, main, {
    handleSignals: false,
    graceMs: 0,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}
