import { inheritValues } from '../context/values.ts';
import { type Duration, formatDuration, parseDuration } from '../duration.ts';
import { UsageError } from '../errors/usage-error.ts';
import { environment } from '../node/environment.ts';
import { exitProcess, handleSignals } from '../node/signals.ts';
import { warn } from '../node/warn.ts';
import { ambientScope } from '../scope/ambient.ts';
import { followSignal } from '../scope/follow-signal.ts';
import { Scope } from '../scope/scope.ts';
import { startDebug } from '../sight/debug.ts';
import { afterMacrotask } from '../time/after-macrotask.ts';
import { type Clock, MAX_DELAY_MS } from '../time/clock.ts';
import { endServices } from './background.ts';
import { Group } from './group.ts';
import { runs } from './runs.ts';
import { Runtime } from './runtime.ts';

/** Options of {@link run}. */
export interface RunOptions {
  /** Name of the main task. Default: the function's name, or `main`. */
  readonly name?: string;
  /** An outside signal that cancels the program. */
  readonly signal?: AbortSignal;
  /** Whether the first SIGINT or SIGTERM cancels `main` and the second ends the process. Default true. */
  readonly handleSignals?: boolean;
  /** Where time comes from. Default: the monotonic clock of the machine. */
  readonly clock?: Clock;
  /**
   * Whether to watch for mistakes that cost concurrency, and warn with the task and its line: slow callbacks, cancels that are swallowed or held up, generators given to a scope,
   * tasks that meet no checkpoint for a second. It costs a stack trace a task and a checkpoint. Default: whether `SLUICE_DEBUG=1` is set.
   */
  readonly debug?: boolean;
  /** How long `main` may clean up after a signal before the process is ended. Default `'10s'`. */
  readonly grace?: Duration;
}

/**
 * Runs a program: `main` is the root of its task tree. The first SIGINT or SIGTERM cancels `main`, which may clean up for `grace`; the process
 * then ends by that signal, unless `main` caught the cancel and returned. The second signal ends the process at once.
 *
 * @throws what `main` throws; CancelledError when `signal` was aborted; UsageError inside another `run`.
 * @example
 * await run(async () => {
 *   const replies = await map(urls, (url) => session.get(url), { concurrency: 10 });
 *   console.log(`got ${replies.length} responses`);
 * });
 */
export async function run<T>(main: () => T | PromiseLike<T>, options: RunOptions = {}): Promise<T> {
  if (ambientScope() !== undefined)
    throw new UsageError('run() inside run(): use taskGroup() or call the function directly');
  const graceMs = parseDuration(options.grace ?? '10s');
  const runtime = new Runtime(options.clock === undefined ? {} : { clock: options.clock });
  return runIn(runtime, main, { ...options, debug: options.debug ?? environment('SLUICE_DEBUG') === '1', graceMs });
}

/** Runs `main` as the only task of a new tree on `runtime`. */
export async function runIn<T>(
  runtime: Runtime,
  main: () => T | PromiseLike<T>,
  options: RunOptions & { readonly graceMs: number },
): Promise<T> {
  const root = new Scope(null, runtime);
  inheritValues(root);
  const group = new Group(root, 'run');
  runs.add(root);
  const stopDebug = options.debug === true ? startDebug(root) : undefined;
  const unfollow = followSignal(group, options.signal);
  let graceTimer: ReturnType<typeof setTimeout> | undefined;
  const signals =
    options.handleSignals === false
      ? undefined
      : handleSignals((signal) => {
          graceTimer = setTimeout(() => endByForce(signal, options.graceMs), Math.min(options.graceMs, MAX_DELAY_MS));
          group.cancelAs('shutdown', signal);
        });
  const name = options.name ?? (main.name === '' ? 'main' : main.name);
  let task: ReturnType<typeof group.spawn<T>> | undefined;
  await group.enter<void>(() => {
    task = group.spawn(main, name);
  });
  await endServices(runtime);
  runtime.hasEnded = true;
  runs.delete(root);
  stopDebug?.();
  clearTimeout(graceTimer);
  unfollow();
  signals?.stop();
  const { state, outcome } = task!;
  if (state === 'done') return outcome as T;
  if (state === 'cancelled') signals?.raise();
  throw outcome;
}

function endByForce(signal: string, graceMs: number): void {
  warn('SLUICE_GRACE_OVER', `the program had not ended ${formatDuration(graceMs)} after ${signal}: it is ended now`);
  // The warning is printed on the next tick.
  afterMacrotask(() => exitProcess(signal === 'SIGINT' ? 130 : 143));
}
