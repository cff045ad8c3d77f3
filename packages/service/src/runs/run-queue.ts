import type { ActiveRun } from './active-run.ts';

/** Carries on a few runs at once; the others wait, first come, first served. */
export class RunQueue {
  readonly #maxRuns: number;
  readonly #onEnded: (run: ActiveRun) => void;
  readonly #waiting: ActiveRun[] = [];
  readonly #live = new Map<ActiveRun, Promise<void>>();
  #isClosed = false;

  constructor(maxRuns: number, onEnded: (run: ActiveRun) => void) {
    this.#maxRuns = maxRuns;
    this.#onEnded = onEnded;
  }

  add(run: ActiveRun): void {
    this.#waiting.push(run);
    this.#pump();
  }

  /** Its place among those that wait, from 1; undefined when it does not wait. */
  position(run: ActiveRun): number | undefined {
    const index = this.#waiting.indexOf(run);
    return index === -1 ? undefined : index + 1;
  }

  /** Takes a run that waits out of the queue; false when it does not wait. */
  remove(run: ActiveRun): boolean {
    const index = this.#waiting.indexOf(run);
    if (index === -1) return false;
    this.#waiting.splice(index, 1);
    run.withdraw();
    this.#onEnded(run);
    return true;
  }

  /** Begins nothing more, drains what goes on, and waits for its end. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const run of [...this.#waiting]) this.remove(run);
    for (const run of this.#live.keys()) run.stop(false);
    await Promise.all(this.#live.values());
  }

  #pump(): void {
    while (!this.#isClosed && this.#live.size < this.#maxRuns) {
      const run = this.#waiting.shift();
      if (run === undefined) return;
      this.#live.set(run, this.#carryOn(run));
    }
  }

  async #carryOn(run: ActiveRun): Promise<void> {
    await run.carryOn();
    this.#live.delete(run);
    this.#onEnded(run);
    this.#pump();
  }
}
