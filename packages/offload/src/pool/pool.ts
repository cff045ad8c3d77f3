import { cancellable, shield } from '@sluice/core';
import {
  argumentError,
  closedError,
  endError,
  fullError,
  lostError,
  messageOf,
  replyError,
  startError,
} from '../errors/call-errors.ts';
import type { WorkerEnd } from '../remote/remote.ts';
import { Call, Failure } from './call.ts';
import { CallQueue } from './call-queue.ts';
import { Crew, type CrewOptions } from './crew.ts';
import type { Lane, LaneListener } from './lane.ts';

/** What a cancel does to a call that a worker has begun. */
export type CancelMode = 'terminate' | 'wait' | 'abandon';

export interface PoolOptions extends CrewOptions {
  readonly maxQueue: number;
  readonly onCancel: CancelMode;
}

/** What a pool is doing. */
export interface OffloadStatistics {
  /** Workers that there are, those that are being ended included. */
  readonly workers: number;
  /** Calls that workers hold: one each runs, the others are its next. */
  readonly sent: number;
  /** Calls that wait for a worker. */
  readonly queued: number;
}

const ignore = (): void => {};

/**
 * A bounded set of workers behind one first-in, first-out queue. Workers start when calls wait for them, and stay. A call goes to the worker with the
 * least to do, and what one turn of the event loop brings goes in one message a worker.
 */
export class Pool implements LaneListener {
  readonly #options: PoolOptions;
  readonly #queue = new CallQueue();
  readonly #crew: Crew;
  /** Calls that somebody waits for: while there are any, the program must not end. */
  #awaited = 0;
  #willDispatch = false;
  #closing: PromiseWithResolvers<void> | undefined;
  readonly #onSettled = (): void => {
    if (--this.#awaited === 0) this.#crew.keepAlive(false);
  };

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#crew = new Crew(options, this);
  }

  statistics(): OffloadStatistics {
    return { workers: this.#crew.size, sent: this.#crew.load, queued: this.#queue.size };
  }

  /** Runs an export of a module on a worker; the wait belongs to the caller's scope. */
  call(module: string, exportName: string, args: readonly unknown[]): Promise<unknown> {
    const { name, maxQueue } = this.#options;
    if (this.#closing !== undefined) return Promise.reject(closedError(exportName, name));
    if (this.#queue.size >= maxQueue) return Promise.reject(fullError(exportName, name, maxQueue));
    const call = new Call(module, exportName, args, this.#onSettled);
    if (this.#awaited++ === 0) this.#crew.keepAlive(true);
    this.#queue.push(call);
    this.#dispatchSoon();
    const answer: Promise<unknown> = cancellable(call.outcome, { onCancel: () => this.#cancel(call) }).catch(
      (error: unknown) => {
        if (error instanceof Failure) throw error.toError();
        // Like every wait of ours, a cancelled call that nobody awaits any more loses nothing.
        answer.catch(ignore);
        return outlast(call, error);
      },
    );
    return answer;
  }

  /** Ends the workers at once, whatever they do; calls that are left fail. Resolves when all workers are gone. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers();
      for (let call = this.#queue.first; call !== undefined; call = this.#queue.first) {
        this.#queue.remove(call);
        this.#failClosed(call);
      }
      this.#crew.end();
      if (this.#crew.size === 0) this.#closing.resolve();
    }
    const { promise } = this.#closing;
    return shield(() => cancellable(promise));
  }

  freed(): void {
    this.#dispatchSoon();
  }

  failed(lane: Lane, call: Call, kind: number, detail: unknown): void {
    call.fail(() => replyError(call, lane.name, kind, detail));
  }

  unsendable(lane: Lane, call: Call, error: unknown): void {
    call.fail(() => argumentError(call, lane.name, error));
    this.#dispatchSoon();
  }

  gone(lane: Lane, end: WorkerEnd): void {
    this.#crew.remove(lane);
    const wasMeant = lane.isEnding;
    const begun = lane.calls.filter((call) => lane.stateOf(call) !== 'offered');
    const offered = lane.calls.filter((call) => lane.stateOf(call) === 'offered');
    for (const call of begun) this.#settleBegun(lane, call, end);
    if (begun.length === 0 && !wasMeant) {
      // A worker that cannot even start must not be started for the same calls for ever.
      const first = lane.hasReplied ? undefined : offered.shift();
      if (first === undefined) warnOfEnd(lane, end);
      else first.fail(() => endError(first, lane.name, end));
    }
    this.#requeue(offered);
    if (this.#crew.size === 0) this.#closing?.resolve();
  }

  #settleBegun(lane: Lane, call: Call, end: WorkerEnd): void {
    if (call.isDropped) call.succeed(undefined);
    else if (this.#closing !== undefined) this.#failClosed(call);
    else if (lane.stateOf(call) === 'finished') call.fail(() => lostError(call, lane.name));
    else call.fail(() => endError(call, lane.name, end));
  }

  #failClosed(call: Call): void {
    call.fail(() => closedError(call.exportName, this.#options.name));
  }

  /** Puts calls back where they came from: to the front, the oldest first. */
  #requeue(calls: readonly Call[]): void {
    for (const call of calls.toReversed()) {
      if (this.#closing !== undefined) this.#failClosed(call);
      else this.#queue.unshift(call);
    }
    this.#dispatchSoon();
  }

  /** The caller's scope was cancelled. */
  #cancel(call: Call): void {
    if (call.isSettled) return;
    const { onCancel } = this.#options;
    const lane = call.lane;
    if (lane === undefined) {
      this.#queue.remove(call);
      call.drop();
    } else if (lane.revoke(call)) {
      call.drop();
      this.#dispatchSoon();
    } else if (onCancel === 'abandon') call.drop();
    else if (onCancel === 'terminate') this.#terminate(lane, call);
  }

  #terminate(lane: Lane, call: Call): void {
    // First nothing else may begin there; only then is it certain that the worker's end meets this call and no other.
    this.#requeue(lane.calls.filter((other) => other !== call && lane.revoke(other)));
    if (lane.stateOf(call) === 'finished') {
      call.drop();
      return;
    }
    call.isDropped = true;
    lane.end();
  }

  #dispatchSoon(): void {
    if (this.#willDispatch) return;
    this.#willDispatch = true;
    queueMicrotask(() => this.#dispatch());
  }

  #dispatch(): void {
    this.#willDispatch = false;
    for (let call = this.#queue.first; call !== undefined; call = this.#queue.first) {
      const place = this.#placeFor(call);
      if (place === undefined) break;
      this.#queue.remove(call);
      if (place instanceof Failure) call.fail(place.toError);
      else place.put(call);
    }
    this.#crew.flush();
    this.#crew.shareSoon(() => this.#queue.size > 0);
  }

  #placeFor(call: Call): Lane | Failure | undefined {
    try {
      return this.#crew.laneFor(call);
    } catch (error) {
      const { kind, name } = this.#options;
      return new Failure(() => startError(call, `a ${kind} of '${name}'`, error));
    }
  }
}

/** Waits for what is left of a call whose scope was cancelled: the worker's end, or in mode `wait` the result, which then counts. */
async function outlast(call: Call, cancellation: unknown): Promise<unknown> {
  try {
    const value = await shield(() => cancellable(call.outcome));
    if (!call.isDropped) return value;
  } catch (error) {
    throw error instanceof Failure ? error.toError() : error;
  }
  throw cancellation;
}

function warnOfEnd(lane: Lane, { error, exitCode, signal }: WorkerEnd): void {
  const how =
    error === undefined
      ? `it ended by itself (${signal ?? `exit code ${exitCode}`})`
      : `it crashed: ${messageOf(error)}`;
  process.emitWarning(`${lane.name} had no call to run when ${how}`, {
    type: 'SluiceWarning',
    code: 'SLUICE_OFFLOAD_WORKER_EXITED',
  });
}
