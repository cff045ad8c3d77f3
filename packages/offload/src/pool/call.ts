import type { Transferable } from 'node:worker_threads';
import { ContextVar } from '@sluice/core';
import { transferListOf } from '../transfer.ts';
import type { Lane } from './lane.ts';

/** What a call failed with. The error is made where the caller waits, so that its stack leads to the caller. */
export class Failure {
  readonly toError: () => unknown;

  constructor(toError: () => unknown) {
    this.toError = toError;
  }
}

/** One call: a node of the pool's queue until it is sent, then the holder of a slot of its worker. */
export class Call {
  readonly module: string;
  readonly exportName: string;
  readonly args: readonly unknown[];
  readonly transferables: readonly Transferable[] | undefined;
  /** The portable context variables of the caller. */
  readonly context: Readonly<Record<string, unknown>> | undefined = ContextVar.portableValues();
  /** Ends once: with the result, or with a {@link Failure}. */
  readonly outcome: Promise<unknown>;
  isSettled = false;
  /** Its caller was cancelled and wants no result. */
  isDropped = false;
  /** The worker that it was sent to. */
  lane: Lane | undefined;
  slot = -1;
  /** Its number on its worker. */
  number = 0;
  previous: Call | undefined;
  next: Call | undefined;
  readonly #onSettled: () => void;
  #resolve!: (value: unknown) => void;
  #reject!: (failure: Failure) => void;

  constructor(module: string, exportName: string, args: readonly unknown[], onSettled: () => void) {
    this.module = module;
    this.exportName = exportName;
    this.args = args;
    this.transferables = gatherTransferables(args);
    this.#onSettled = onSettled;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The first settlement counts; what comes for an abandoned call is dropped. */
  succeed(value: unknown): void {
    if (this.#settle()) this.#resolve(value);
  }

  fail(toError: () => unknown): void {
    if (this.#settle()) this.#reject(new Failure(toError));
  }

  /** Nobody wants the result any more; the wait for it is over. */
  drop(): void {
    this.isDropped = true;
    this.succeed(undefined);
  }

  #settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    this.#onSettled();
    return true;
  }
}

function gatherTransferables(args: readonly unknown[]): readonly Transferable[] | undefined {
  let all: readonly Transferable[] | undefined;
  for (const arg of args) {
    const list = transferListOf(arg);
    if (list !== undefined) all = all === undefined ? list : [...all, ...list];
  }
  return all;
}
