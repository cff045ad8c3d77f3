import { brand } from './brand.ts';
import { SluiceError } from './sluice-error.ts';

/** Who cancelled: a call of `cancel()` or an abort signal, an expired deadline, a failed sibling, or the end of the program. */
export type CancelSource = 'explicit' | 'deadline' | 'sibling' | 'shutdown';

/**
 * Thrown by a checkpoint whose scope was cancelled. Let it pass: the scope that was cancelled takes it.
 * All checkpoints under one cancelled scope throw the same object, which is also the `reason` of that scope's `signal`.
 * Code `SLUICE_CANCELLED`.
 */
export class CancelledError extends SluiceError {
  /** What was given to `cancel(reason)`, or the failed sibling's error. */
  readonly reason: unknown;
  readonly source: CancelSource;

  constructor(source: CancelSource, reason?: unknown) {
    super(describe(source, reason), {
      code: 'SLUICE_CANCELLED',
      ...(reason instanceof Error ? { cause: reason } : {}),
    });
    this.source = source;
    this.reason = reason;
  }
}
brand(CancelledError, 'CancelledError');

function describe(source: CancelSource, reason: unknown): string {
  if (source === 'deadline') return 'cancelled: the deadline passed';
  if (source === 'sibling') return `cancelled: a sibling task failed${reasonText(reason)}`;
  if (source === 'shutdown') return `cancelled: the program is ending${reasonText(reason)}`;
  return `cancelled${reasonText(reason)}`;
}

function reasonText(reason: unknown): string {
  if (reason === undefined) return '';
  if (reason instanceof Error) return `: ${reason.message}`;
  return typeof reason === 'object' || typeof reason === 'function' ? '' : `: ${String(reason)}`;
}

/**
 * `await task` on a task that was cancelled, by a task that was not: an ordinary error of the waiting task, so that a cancelled
 * task never ends its waiters without a word. `cause` is the task's {@link CancelledError}. Code `SLUICE_TASK_CANCELLED`.
 */
export class TaskCancelledError extends SluiceError {
  readonly taskName: string;

  constructor(taskName: string, cause: unknown) {
    super(`the awaited task '${taskName}' was cancelled and has no result`, { code: 'SLUICE_TASK_CANCELLED', cause });
    this.taskName = taskName;
  }
}
brand(TaskCancelledError, 'TaskCancelledError');

/**
 * A cancellation of another scope that left a piece of code which was not cancelled itself: a promise of ours that was shared across
 * scopes, or an error that was kept and thrown later. It must not end that code silently, so it becomes an error. Code `SLUICE_STRAY_CANCEL`.
 */
export function strayCancellation(label: string, cause: CancelledError): SluiceError {
  const advice = 'await only what was begun in the same scope, or share a task instead of a promise';
  return new SluiceError(`${label} was not cancelled, but the cancellation of another scope left it: ${advice}`, {
    code: 'SLUICE_STRAY_CANCEL',
    cause,
  });
}
