export { type Duration, formatDuration, parseDuration } from './duration.ts';
export { CancelledError, type CancelSource, TaskCancelledError } from './errors/cancelled-error.ts';
export { BrokenChannelError, EndOfChannelError, QueueShutDownError } from './errors/queue-errors.ts';
export { SluiceError, type SluiceErrorOptions } from './errors/sluice-error.ts';
export { suppressedErrors } from './errors/suppressed-errors.ts';
export { TaskGroupError } from './errors/task-group-error.ts';
export { TimeoutError } from './errors/timeout-error.ts';
export { InvalidDurationError, UsageError } from './errors/usage-error.ts';
export {
  type CheckedWork,
  type GatherOptions,
  gather,
  gatherSettled,
  type Work,
  type WorkResult,
} from './many/gather.ts';
export { type MapFunction, type MapOptions, map, mapSettled } from './many/map.ts';
export { type MapStreamOptions, mapStream } from './many/map-stream.ts';
export type { Source } from './many/pull.ts';
export { type RetryOptions, type RetryStatistics, retry, TryAgain } from './policy/retry.ts';
export { RetryIf, retryIfError, retryIfInstanceOf, retryIfTransient, retryIfValue } from './policy/retry-if.ts';
export { type RetryState, Stop, stopAfterAttempt, stopAfterDelay, stopBeforeDelay, stopNever } from './policy/stop.ts';
export {
  type ExponentialOptions,
  exponentialJitter,
  Wait,
  waitChain,
  waitExponential,
  waitFixed,
  waitFromError,
  waitIncrementing,
  waitNone,
  waitRandom,
} from './policy/wait.ts';
export { type CancelScopeOptions, cancelScope } from './scope/cancel-scope.ts';
export { cancellable, checkpoint } from './scope/checkpoint.ts';
export { currentEffectiveDeadline, currentScope, now, random } from './scope/current.ts';
export { isCancelled } from './scope/is-cancelled.ts';
export type { CancelScope } from './scope/scope.ts';
export { shield } from './scope/shield.ts';
export { type MovedOn, moveOnAfter, timeout } from './scope/timeout.ts';
export { type ChannelStatistics, channel, type Receiver, type Sender } from './sync/channel.ts';
export { Event } from './sync/event.ts';
export type { Limiter, Permit } from './sync/limiter.ts';
export { Queue, type QueueStatistics } from './sync/queue.ts';
export { Semaphore, type SemaphoreStatistics } from './sync/semaphore.ts';
export { type RunOptions, run } from './task/run.ts';
export type { Started } from './task/start.ts';
export type { Task, TaskState } from './task/task.ts';
export { type SpawnOptions, type TaskGroup, type TaskGroupOptions, taskGroup } from './task/task-group.ts';
export type { Clock } from './time/clock.ts';
export { sleep, sleepForever, sleepUntil } from './time/sleep.ts';
