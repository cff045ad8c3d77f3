import { UsageError } from '../errors/usage-error.ts';
import type { Scope } from '../scope/scope.ts';
import type { Task } from '../task/task.ts';
import { type Observer, observe } from './observer.ts';

/** Callbacks for what happens in the task tree. They are called synchronously, outside every scope, and should be quick. */
export interface Instrument {
  taskSpawned?(task: Task<unknown>): void;
  taskStarted?(task: Task<unknown>): void;
  /** The task has ended; `task.state` says how. */
  taskExited?(task: Task<unknown>): void;
  /** A scope was cancelled. `task` is the one that it belongs to: undefined outside every task. */
  scopeCancelled?(cancelled: { readonly task: Task<unknown> | undefined; readonly error: unknown }): void;
  /** A task is at a checkpoint: it meets a cancel there, takes what is free, or begins to wait. */
  beforeWait?(task: Task<unknown> | undefined): void;
  /** A wait of a task has ended: its code goes on next. */
  afterWait?(task: Task<unknown> | undefined): void;
}

/**
 * Watches everything that tasks do in this process. The answer removes the instrument. One that throws is removed, with a warning
 * (`SLUICE_INSTRUMENT_FAILED`), and the program goes on. Without instruments the runtime pays one null check an event.
 *
 * @throws UsageError when `instrument` is no object.
 * @example
 * const remove = addInstrument({ taskExited: (task) => console.log(`${task.name}: ${task.state}`) });
 */
export function addInstrument(instrument: Instrument): () => void {
  if (typeof instrument !== 'object' || instrument === null) {
    throw new UsageError('addInstrument() takes an object of callbacks: addInstrument({ taskExited(task) { … } })');
  }
  const observer: Observer = {
    spawned: (task) => instrument.taskSpawned?.(task),
    started: (task) => instrument.taskStarted?.(task),
    exited: (task) => instrument.taskExited?.(task),
    cancelled: (scope) => instrument.scopeCancelled?.({ task: taskOf(scope), error: scope.own }),
    checkpoint: (scope) => instrument.beforeWait?.(taskOf(scope)),
    wentOn: (scope) => instrument.afterWait?.(taskOf(scope)),
  };
  return observe(observer);
}

/** The task that a scope belongs to. */
export function taskOf(scope: Scope): Task<unknown> | undefined {
  return (scope.owner ?? undefined) as unknown as Task<unknown> | undefined;
}
