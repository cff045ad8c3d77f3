import type { DeadlineEntry, DeadlineList } from '../deadline-list.ts';

/** What may become of a hook's run. One of them is called, once, unless the run is cancelled before. */
export interface HookFate<T> {
  onDone(value: T): void;
  onThrow(error: unknown): void;
  /** The request's deadline passed while the hook was under way. */
  onDue(): void;
}

/** A hook of the caller's under way. One that is not async is over before {@link start} returns. */
export class HookRun<T> implements DeadlineEntry {
  dueAt: number;
  slot = -1;
  readonly #deadlines: DeadlineList;
  readonly #fate: HookFate<T>;
  #isOver = false;

  constructor(deadlines: DeadlineList, dueAt: number, fate: HookFate<T>) {
    this.#deadlines = deadlines;
    this.dueAt = dueAt;
    this.#fate = fate;
  }

  start(hook: () => T | Promise<T>): this {
    let result: T | Promise<T>;
    try {
      result = hook();
    } catch (error) {
      this.#end(() => this.#fate.onThrow(error));
      return this;
    }
    if (!isThenable(result)) {
      const value = result;
      this.#end(() => this.#fate.onDone(value));
      return this;
    }
    this.#deadlines.add(this);
    result.then(
      (value) => this.#end(() => this.#fate.onDone(value)),
      (error) => this.#end(() => this.#fate.onThrow(error)),
    );
    return this;
  }

  /** Nothing is told any more. What an async hook does goes on. */
  cancel(): void {
    this.#end(() => {});
  }

  onDue(): void {
    this.#end(() => this.#fate.onDue());
  }

  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadlines.remove(this);
    tell();
  }
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
