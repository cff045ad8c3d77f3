import { formatDuration } from '../duration.ts';
import type { CancelledError } from '../errors/cancelled-error.ts';
import { emitWarning, trace } from '../node/warn.ts';
import { runInScope } from '../scope/ambient.ts';
import type { Scope } from '../scope/scope.ts';
import type { TaskNode } from '../task/task.ts';
import { isInForeignWait } from './foreign-wait.ts';
import { watchForGenerators } from './generator-body.ts';
import { lineOf, rememberSpawn, spawnLine } from './lines.ts';
import { loopMonitor, SLOW_CALLBACK, type SlowCallback, textOf } from './loop-monitor.ts';
import { observe } from './observer.ts';

/** How long a task may go without a checkpoint, and a cancel without being met. */
const PATIENCE_MS = 1000;
const LOOK_EVERY_MS = 250;
/** How often a task may meet one cancel: it is told, and its clean-up may run into it. */
const SWALLOWED = 3;

/** What debug mode knows of a task. */
interface TaskRecord {
  /** When it began or met its last checkpoint, and there. */
  seenAt: number;
  last: Error | undefined;
  /** The cancel that it meets, and how often it met that one. */
  cancel: CancelledError | undefined;
  met: number;
  /** What was said already of the place where it is. */
  isReported: boolean;
}

/**
 * Debug mode of one run: see `RunOptions.debug`. What tasks tell of themselves is noted in records beside them; a timer looks at those that are
 * silent. The answer ends it.
 */
export function startDebug(root: Scope): () => void {
  const debug = new Debug(root);
  // It observes first: while it is told of a checkpoint, the one noted as the last is still the one that the slow code came after.
  const stopMonitor = loopMonitor({ slow: '100ms', onSlow: (slow) => debug.blocked(slow) });
  const unobserve = observe({
    spawned: (task) => rememberSpawn(task),
    started: (task) => debug.began(task),
    checkpoint: (scope) => debug.reached(scope),
    wentOn: (scope) => debug.wentOn(scope),
    cancelled: (scope) => debug.cancelled(scope),
  });
  const unwatch = watchForGenerators();
  const timer = runInScope(undefined, (ms: number) => setInterval(() => debug.look(), ms), LOOK_EVERY_MS);
  timer.unref?.();
  return () => {
    clearInterval(timer);
    stopMonitor();
    unwatch();
    unobserve();
  };
}

class Debug {
  readonly #root: Scope;
  readonly #records = new WeakMap<Scope, TaskRecord>();
  readonly #cancelledAt = new WeakMap<Scope, number>();

  constructor(root: Scope) {
    this.#root = root;
  }

  began(task: Scope): void {
    this.#records.set(task, {
      seenAt: performance.now(),
      last: undefined,
      cancel: undefined,
      met: 0,
      isReported: false,
    });
  }

  reached(scope: Scope): void {
    const record = this.#recordOf(scope);
    if (record === undefined) return;
    record.seenAt = performance.now();
    record.last = trace();
    record.isReported = false;
    this.#countCancel(scope, record);
  }

  wentOn(scope: Scope): void {
    const record = this.#recordOf(scope);
    if (record !== undefined) record.seenAt = performance.now();
  }

  cancelled(scope: Scope): void {
    this.#cancelledAt.set(scope, performance.now());
  }

  blocked(slow: SlowCallback): void {
    if (slow.task === undefined) emitWarning(SLOW_CALLBACK, textOf(slow));
    else
      report(
        SLOW_CALLBACK,
        slow.task as TaskNode<unknown>,
        this.#records.get(slow.task as TaskNode<unknown>),
        textOf(slow),
      );
  }

  /** Looks at every task of the run that is in a wait which is not ours. Without recursion, as trees may be deep. */
  look(): void {
    const stack: Scope[] = [this.#root];
    for (let scope = stack.pop(); scope !== undefined; scope = stack.pop()) {
      if (isInForeignWait(scope)) this.#judge(scope);
      for (let child = scope.firstChild; child !== null; child = child.nextSibling) stack.push(child);
    }
  }

  #judge(scope: Scope): void {
    const record = this.#recordOf(scope);
    if (record === undefined || record.isReported) return;
    const now = performance.now();
    const cancelledAt = scope.by === null ? undefined : this.#cancelledAt.get(scope.by);
    const since = formatDuration(now - record.seenAt);
    if (cancelledAt !== undefined && now - Math.max(cancelledAt, record.seenAt) >= PATIENCE_MS) {
      const held = formatDuration(now - cancelledAt);
      const text = `was cancelled ${held} ago and is in a wait that is not ours: use cancellable(promise), or pass currentScope().signal to it`;
      this.#report('SLUICE_CANCEL_HELD_UP', scope, record, text);
    } else if (cancelledAt === undefined && now - record.seenAt >= PATIENCE_MS) {
      const text = `has met no checkpoint for ${since}: it could not be cancelled; use cancellable(promise) or checkpoint()`;
      this.#report('SLUICE_NO_CHECKPOINT', scope, record, text);
    }
  }

  #countCancel(scope: Scope, record: TaskRecord): void {
    if (scope.by === null) return;
    const { cancellation } = scope;
    record.met = record.cancel === cancellation ? record.met + 1 : 1;
    record.cancel = cancellation;
    if (record.met !== SWALLOWED) return;
    const text = 'has met its cancel three times: something catches the CancelledError and goes on';
    this.#report('SLUICE_SWALLOWED_CANCEL', scope, record, text);
  }

  #report(code: string, scope: Scope, record: TaskRecord, text: string): void {
    record.isReported = true;
    report(code, scope.owner!, record, `${scope.label} ${text}`);
  }

  #recordOf(scope: Scope): TaskRecord | undefined {
    return scope.owner === null ? undefined : this.#records.get(scope.owner);
  }
}

/** Warns, with the lines that are known of the task. */
function report(code: string, task: Scope, record: TaskRecord | undefined, text: string): void {
  const spawned = spawnLine(task);
  const last = record?.last === undefined ? undefined : lineOf(record.last);
  const places = [
    ...(spawned === undefined ? [] : [`spawned at ${spawned}`]),
    ...(last === undefined ? [] : [`last checkpoint at ${last}`]),
  ];
  emitWarning(code, places.length === 0 ? text : `${text} (${places.join('; ')})`);
}
