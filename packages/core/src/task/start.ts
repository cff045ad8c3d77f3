import { UsageError } from '../errors/usage-error.ts';
import { checkpointScope } from '../scope/current.ts';
import { refuse } from '../scope/refuse.ts';
import { shield } from '../scope/shield.ts';
import { Waiter } from '../scope/waiter.ts';
import type { Group } from './group.ts';
import { TaskNode } from './task.ts';

/** What a service is given to say that it is ready. */
export type Started<V> = (value: V) => void;

/** A task that someone waits for until it says that it is ready. Until then its failure is that one's, and not the group's. */
class StartingTask<V> extends TaskNode<unknown> {
  isStarted = false;
  starter: Waiter<V> | undefined;

  protected override report(error: unknown): void {
    if (this.isStarted || !this.starter?.fail(error)) super.report(error);
  }

  override close(): void {
    super.close();
    if (this.isStarted) return;
    this.starter?.fail(new UsageError(`${this.label} ended without calling started()`));
  }
}

class StartWaiter<V> extends Waiter<V> {
  label = '';

  override get waitsOn(): string {
    return `started() of ${this.label}`;
  }
}

/** See `TaskGroup.start`. */
export async function startTask<V>(
  group: Group,
  body: (started: Started<V>) => unknown,
  name: string | undefined,
): Promise<V> {
  group.assertOpen();
  const scope = checkpointScope();
  if (scope.by !== null) return refuse(scope);
  const started = (value: V): void => {
    if (task.isStarted) throw new UsageError(`started() was called twice in ${task.label}`);
    task.isStarted = true;
    starter.grant(value);
  };
  const task = new StartingTask<V>(group, () => body(started), name ?? (body.name === '' ? undefined : body.name));
  const starter = new StartWaiter<V>(scope);
  starter.label = task.label;
  task.starter = starter;
  group.begin(task);
  try {
    return await starter.promise;
  } catch (error) {
    // The caller was cancelled: what it was starting ends with it.
    if (task.state === 'pending' || task.state === 'running') {
      task.cancel(error);
      await shield(() => task.join().then(undefined, () => {}));
    }
    throw error;
  }
}
