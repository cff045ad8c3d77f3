export { type ContextToken, ContextVar, type ContextVarOptions } from './context/context-var.ts';
export { type Duration, formatDuration, parseDuration } from './duration.ts';
export { AllFailedError } from './errors/all-failed-error.ts';
export { CancelledError, type CancelSource, TaskCancelledError } from './errors/cancelled-error.ts';
export { BrokenChannelError, EndOfChannelError, QueueShutDownError } from './errors/queue-errors.ts';
export { SluiceError, type SluiceErrorOptions } from './errors/sluice-error.ts';
export { suppressedErrors } from './errors/suppressed-errors.ts';
export { TaskGroupError } from './errors/task-group-error.ts';
export { TimeoutError } from './errors/timeout-error.ts';
export { InvalidDurationError, UsageError } from './errors/usage-error.ts';
export { any } from './many/any.ts';
export { asCompleted, type Completed } from './many/as-completed.ts';
export {
  type CheckedWork,
  type GatherOptions,
  gather,
  gatherSettled,
  type Work,
  type WorkResult,
} from './many/gather.ts';
export { type HedgeOptions, hedge } from './many/hedge.ts';
export { type MapFunction, type MapOptions, map, mapSettled } from './many/map.ts';
export { type MapStreamOptions, mapStream } from './many/map-stream.ts';
export type { Source } from './many/pull.ts';
export { race } from './many/race.ts';
export { type Waited, type WaitOptions, wait } from './many/wait.ts';
export {
  type AdaptiveLimit,
  type AdaptiveLimitOptions,
  type AdaptiveLimitStatistics,
  type AdaptivePermit,
  adaptiveLimit,
} from './policy/adaptive-limit.ts';
export {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  CircuitOpenError,
  type CircuitState,
  type CircuitStatistics,
  circuitBreaker,
} from './policy/circuit-breaker.ts';
export {
  type RateLimiter,
  type RateLimiterOptions,
  type RateLimiterStatistics,
  rateLimiter,
} from './policy/rate-limiter.ts';
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
export { currentTask } from './sight/current-task.ts';
export { formatTaskTree } from './sight/format-task-tree.ts';
export { addInstrument, type Instrument } from './sight/instrument.ts';
export { type LoopMonitorOptions, loopMonitor, type SlowCallback } from './sight/loop-monitor.ts';
export { type TaskTree, taskTree } from './sight/task-tree.ts';
export { Barrier, type BarrierStatistics, BrokenBarrierError } from './sync/barrier.ts';
export { type ChannelStatistics, channel, type Receiver, type Sender } from './sync/channel.ts';
export { Condition, type ConditionStatistics } from './sync/condition.ts';
export { Event } from './sync/event.ts';
export { LifoQueue } from './sync/lifo-queue.ts';
export type { Limiter, Permit } from './sync/limiter.ts';
export { Lock, type LockStatistics } from './sync/lock.ts';
export { type Compare, PriorityQueue } from './sync/priority-queue.ts';
export { Queue, type QueueStatistics } from './sync/queue.ts';
export type { QueueStorage } from './sync/queue-storage.ts';
export { Semaphore, type SemaphoreStatistics } from './sync/semaphore.ts';
export { type Background, background } from './task/background.ts';
export { type RunOptions, run } from './task/run.ts';
export type { Started } from './task/start.ts';
export type { Task, TaskState } from './task/task.ts';
export { type SpawnOptions, type TaskGroup, type TaskGroupOptions, taskGroup } from './task/task-group.ts';
export type { Clock } from './time/clock.ts';
export { sleep, sleepForever, sleepUntil } from './time/sleep.ts';
