import { runFromHere } from '../scope/ambient.ts';
import type { Scope } from '../scope/scope.ts';
import { Deque } from '../sync/deque.ts';

/** What is to begin inside a scope of its own. */
export interface Starter extends Scope {
  proceed(): void;
}

const waiting = new Deque<Starter>();
const ready = Promise.resolve();

/** Starts that follow each other at once share one look at the clock, up to this many. */
const LONGEST_TURN = 64;
let turn = 0;

/**
 * Lets `starter` begin in a microtask, inside its own scope and otherwise in the context of the caller: what other libraries keep in an
 * `AsyncLocalStorage` is there as it was at the call. The reaction of a promise keeps that context by itself. It need not keep the starter too:
 * microtasks run in the order in which they were made, so the one that runs is always the first in line.
 */
export function startSoon(starter: Starter): void {
  const { runtime } = starter;
  if (runtime.schedule !== null) {
    const drawn = new Promise<void>(runtime.schedule);
    void drawn.then(() => start(starter));
    return;
  }
  if (waiting.length === 0) turn++;
  waiting.push(starter);
  void ready.then(startNext);
}

function startNext(): void {
  if (waiting.length % LONGEST_TURN === 0) turn++;
  start(waiting.shift());
}

function start(starter: Starter): void {
  starter.beganAt = starter.runtime.beginTurn(turn);
  runFromHere(starter);
  starter.proceed();
}
