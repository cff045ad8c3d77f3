import { type CancelScope, Event, moveOnAfter } from '@sluice/core';

/** The scopes of the requests that are under way. */
export class RunningRequests {
  readonly #scopes = new Set<CancelScope>();
  readonly #none = new Event();
  #isEnding = false;

  /** True once the app is being closed: a scope that is cancelled from then on ends for that. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  add(scope: CancelScope): void {
    this.#scopes.add(scope);
  }

  delete(scope: CancelScope): void {
    this.#scopes.delete(scope);
    if (this.#isEnding && this.#scopes.size === 0) this.#none.set();
  }

  has(scope: CancelScope): boolean {
    return this.#scopes.has(scope);
  }

  /** Lets the requests end by themselves for `graceMs`, cancels the rest, and waits for them. */
  async end(graceMs: number): Promise<void> {
    this.#isEnding = true;
    if (this.#scopes.size === 0) return;
    await moveOnAfter(graceMs, () => this.#none.wait());
    for (const scope of this.#scopes) scope.cancel('the app is closing');
    await this.#none.wait();
  }
}
