import type { CancelledError } from '../errors/cancelled-error.ts';
import { warn } from '../node/warn.ts';
import { afterMacrotask } from '../time/after-macrotask.ts';
import type { Scope } from './scope.ts';

/**
 * How often a task met the same cancel at a new checkpoint, by task (by cancelled scope outside tasks). JavaScript's `catch` also catches
 * cancellation, so `for (;;) try { await sleep(1) } catch {}` would spin in microtasks and starve timers and signals for ever.
 */
interface Refusals {
  readonly cancellation: CancelledError;
  count: number;
  /** The rejection that comes after the next macrotask; later checkpoints of the same turn share it. */
  slow: Promise<never> | undefined;
  warned: boolean;
}
const refusals = new WeakMap<Scope, Refusals>();

/** How many refusals come at once: the one that delivers, and one that clean-up code may run into. */
const PROMPT = 2;

/** The answer of a checkpoint whose scope is cancelled already: a rejection with the cancellation. */
export function refuse(scope: Scope): Promise<never> {
  const meter = scope.owner ?? scope.by!;
  const { cancellation } = scope;
  let state = refusals.get(meter);
  if (state?.cancellation !== cancellation) {
    state = { cancellation, count: 0, slow: undefined, warned: false };
    refusals.set(meter, state);
  }
  if (state.slow !== undefined) return state.slow;
  state.count++;
  if (state.count <= PROMPT) return handled(Promise.reject(cancellation));
  if (state.count > PROMPT + 1 && !state.warned) {
    state.warned = true;
    warn(
      'SLUICE_SWALLOWED_CANCEL',
      `${meter.label} was cancelled and keeps waiting: something catches the CancelledError and goes on. ` +
        'Let it pass (if (isCancelled(error)) throw error), or run clean-up inside shield()',
    );
  }
  // A virtual clock must not jump over a task that is about to go on.
  scope.runtime.activity++;
  const current = state;
  current.slow = handled(
    new Promise<never>((_, reject) => {
      afterMacrotask(() => {
        current.slow = undefined;
        reject(cancellation);
      });
    }),
  );
  return current.slow;
}

function handled(promise: Promise<never>): Promise<never> {
  promise.then(undefined, () => {});
  return promise;
}
