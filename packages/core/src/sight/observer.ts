import { warn } from '../node/warn.ts';
import { runInScope } from '../scope/ambient.ts';
import type { Scope } from '../scope/scope.ts';
import type { TaskNode } from '../task/task.ts';

/** What the runtime tells of itself while it goes on. Every part is optional. */
export interface Observer {
  spawned?(task: TaskNode<unknown>): void;
  started?(task: TaskNode<unknown>): void;
  exited?(task: TaskNode<unknown>): void;
  cancelled?(scope: Scope): void;
  /** A call that is a checkpoint was made in `scope`: it meets a cancel there, takes what is free, or begins to wait. */
  checkpoint?(scope: Scope): void;
  /** A wait in `scope` has ended: the code behind it runs next. */
  wentOn?(scope: Scope): void;
}

export type AnyFunction = (...args: never[]) => unknown;

/** The place where observers hang. Both are null while nobody looks, so that being watched costs a null check. */
export const sight: {
  observer: Required<Observer> | null;
  /** In debug mode: told of each body that is given to a scope. */
  bodyGiven: ((scope: Scope, body: AnyFunction) => void) | null;
} = { observer: null, bodyGiven: null };

const observers: Observer[] = [];

/** Adds an observer; the answer removes it. One that throws is removed and reported, and the program goes on. */
export function observe(observer: Observer): () => void {
  observers.push(observer);
  sight.observer = everyone;
  return () => remove(observer);
}

function remove(observer: Observer): void {
  const index = observers.indexOf(observer);
  if (index >= 0) observers.splice(index, 1);
  if (observers.length === 0) sight.observer = null;
}

const everyone: Required<Observer> = {
  spawned: (task) => tell('spawned', task),
  started: (task) => tell('started', task),
  exited: (task) => tell('exited', task),
  cancelled: (scope) => tell('cancelled', scope),
  checkpoint: (scope) => tell('checkpoint', scope),
  wentOn: (scope) => tell('wentOn', scope),
};

function tell(event: keyof Observer, subject: Scope): void {
  // A copy: an observer may remove itself or another.
  for (const observer of [...observers]) {
    if (observer[event] === undefined) continue;
    try {
      // Outside every scope: an observer is of no task, and what it waits for must not hang on the one that it looks at.
      runInScope(undefined, (it: Scope) => observer[event]!(it as TaskNode<unknown>), subject);
    } catch (error) {
      remove(observer);
      warn('SLUICE_INSTRUMENT_FAILED', `an instrument threw and was removed: ${String(error)}`);
    }
  }
}
