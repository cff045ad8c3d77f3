import { rootOf } from '../context/values.ts';
import { UsageError } from '../errors/usage-error.ts';
import { warn } from '../node/warn.ts';
import { runInScope } from '../scope/ambient.ts';
import { scopeHere } from '../scope/current.ts';
import { Group } from './group.ts';
import type { Runtime } from './runtime.ts';
import { TaskNode, type TaskState } from './task.ts';
import type { SpawnOptions } from './task-group.ts';

/** A service that goes on beside everything else. */
export interface Background<T> {
  readonly name: string;
  readonly state: TaskState;
  cancel(reason?: unknown): void;
  /**
   * What it gives, once it has ended; rejects with its error, and with `TaskCancelledError` when it was cancelled. Who reads this answers for
   * the error; a failure that nobody asked for is a warning (`SLUICE_BACKGROUND_FAILED`).
   */
  readonly done: Promise<T>;
}

/**
 * Starts `service` outside the group that the caller is in: the only way to outlive it. Under `run` it is cancelled (source `'shutdown'`) and
 * waited for when `main` has ended; outside `run` it ends by itself or by `cancel`. Name: the function's, or `task-7`.
 *
 * @throws UsageError when the run has ended.
 * @example
 * const metrics = background(async () => { for (;;) { await sleep('10s'); await send(); } }, { name: 'metrics' });
 * metrics.cancel();
 */
export function background<T>(service: () => T | PromiseLike<T>, options: SpawnOptions = {}): Background<T> {
  const root = rootOf(scopeHere());
  const { runtime } = root;
  if (runtime.hasEnded) throw new UsageError('background() after the end of run(): nothing would wait for the service');
  const group = new Group(root, 'background');
  const task = new ServiceTask<T>(group, service, options.name);
  // In the context of the root: nothing of the caller's scopes waits for it.
  const ended = runInScope(root, serve, { group, task }).then(() => void runtime.services.delete(group));
  runtime.services.set(group, ended);
  return new Service(task);
}

/** Cancels what still goes on in the background of a run and waits for it, also for what it starts meanwhile. */
export async function endServices(runtime: Runtime): Promise<void> {
  while (runtime.services.size > 0) {
    for (const group of runtime.services.keys()) group.cancelAs('shutdown', 'main has ended');
    await Promise.all(runtime.services.values());
  }
}

async function serve({ group, task }: { group: Group; task: TaskNode<unknown> }): Promise<void> {
  await group.enter<void>(() => void group.begin(task));
}

/** A task whose failure is nobody's but its own. */
class ServiceTask<T> extends TaskNode<T> {
  isAskedFor = false;

  protected override report(error: unknown): void {
    if (this.isAskedFor) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    warn('SLUICE_BACKGROUND_FAILED', `the background ${this.label} failed: ${text}`);
  }
}

class Service<T> implements Background<T> {
  readonly #task: ServiceTask<T>;

  constructor(task: ServiceTask<T>) {
    this.#task = task;
  }

  get name(): string {
    return this.#task.name;
  }

  get state(): TaskState {
    return this.#task.state;
  }

  get done(): Promise<T> {
    this.#task.isAskedFor = true;
    return this.#task.join();
  }

  cancel(reason?: unknown): void {
    this.#task.cancel(reason);
  }
}
