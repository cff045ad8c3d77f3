import { type Duration, formatDuration, parseDuration } from '../duration.ts';
import { warn } from '../node/warn.ts';
import { runInScope } from '../scope/ambient.ts';
import type { Scope } from '../scope/scope.ts';
import type { Task } from '../task/task.ts';
import { taskOf } from './instrument.ts';
import { spawnLine } from './lines.ts';
import { observe } from './observer.ts';

/** One stretch in which the event loop could do nothing else. */
export interface SlowCallback {
  /** The task whose code ran; undefined when it was none of ours, or several in turn. */
  readonly task: Task<unknown> | undefined;
  /** For how long, in milliseconds; up to a quarter of `slow` too much. */
  readonly durationMs: number;
}

/** Options of {@link loopMonitor}. */
export interface LoopMonitorOptions {
  /** What counts as slow. Default `'50ms'`. */
  readonly slow?: Duration;
  /** What to do about it. Default: a warning (`SLUICE_SLOW_CALLBACK`) that names the task. */
  readonly onSlow?: (slow: SlowCallback) => void;
}

/**
 * Finds out which task blocks the event loop: code that computes for longer than `slow` without waiting. While it does, no timer fires and no
 * socket is read. The answer stops it. It costs a look at the clock a checkpoint; it does not keep the process alive.
 *
 * @example
 * const stop = loopMonitor({ slow: '20ms', onSlow: ({ task, durationMs }) => log.warn({ task: task?.name, durationMs }) });
 */
export function loopMonitor(options: LoopMonitorOptions = {}): () => void {
  const monitor = new Monitor(parseDuration(options.slow ?? '50ms'), options.onSlow ?? warnOfIt);
  const unobserve = observe({
    started: (task) => monitor.started(task),
    wentOn: (scope) => monitor.wentOn(scope),
    checkpoint: (scope) => monitor.reached(scope),
    exited: (task) => monitor.reached(task),
  });
  // Outside every scope: the timer outlives the caller's.
  const timer = runInScope(undefined, (ms: number) => setInterval(() => monitor.tick(), ms), monitor.intervalMs);
  timer.unref?.();
  return () => {
    clearInterval(timer);
    unobserve();
  };
}

/**
 * A timer tells how long the loop did not turn; the marks that tasks leave when they go on and when they reach a checkpoint tell whose code that
 * was. A stretch begins at the last mark or tick, whichever was later, so time in which the loop was idle is no more than one interval of it.
 */
class Monitor {
  readonly intervalMs: number;
  readonly #slowMs: number;
  readonly #onSlow: (slow: SlowCallback) => void;
  #lastAt: number = performance.now();
  /** Whose code went on since the last tick and has not reached a checkpoint. */
  readonly #awake = new Set<Scope>();

  constructor(slowMs: number, onSlow: (slow: SlowCallback) => void) {
    this.#slowMs = slowMs;
    this.intervalMs = Math.max(1, slowMs / 4);
    this.#onSlow = onSlow;
  }

  started(task: Scope): void {
    // What went on before it has had its turn, and ended in a wait that is not ours.
    this.#look(this.#onlyOneAwake());
    this.#awake.clear();
    this.#awake.add(task);
  }

  wentOn(scope: Scope): void {
    this.#awake.add(scope.owner ?? scope);
  }

  reached(scope: Scope): void {
    this.#look(scope);
    this.#awake.delete(scope.owner ?? scope);
  }

  tick(): void {
    this.#look(this.#onlyOneAwake());
    this.#awake.clear();
  }

  #onlyOneAwake(): Scope | undefined {
    return this.#awake.size === 1 ? this.#awake.values().next().value : undefined;
  }

  #look(scope: Scope | undefined): void {
    const now = performance.now();
    const durationMs = now - this.#lastAt;
    this.#lastAt = now;
    if (durationMs < this.#slowMs + this.intervalMs) return;
    this.#onSlow({ task: scope === undefined ? undefined : taskOf(scope), durationMs });
  }
}

function warnOfIt(slow: SlowCallback): void {
  const line = slow.task === undefined ? undefined : spawnLine(slow.task as unknown as Scope);
  warn(SLOW_CALLBACK, line === undefined ? textOf(slow) : `${textOf(slow)}; spawned at ${line}`);
}

export const SLOW_CALLBACK = 'SLUICE_SLOW_CALLBACK';

/** What a warning says of it. */
export function textOf({ task, durationMs }: SlowCallback): string {
  const who = task === undefined ? 'code outside every task' : `task '${task.name}'`;
  return `${who} blocked the event loop for ${formatDuration(durationMs)}: call checkpoint() in between, or move it to a thread`;
}
