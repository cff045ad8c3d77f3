import { randomBytes } from 'node:crypto';
import type { RunState } from '../schemas/run-schema.ts';

/** A change of a run's state. `id` is what a client gives back as `Last-Event-ID`. */
export interface StateChange {
  readonly id: string;
  readonly state: RunState;
  readonly at: string;
}

const MAX_CHANGES = 50;
const MAX_RUNS = 2000;

/** The latest changes of state of the runs that this process has taken on: what a listener missed is told to it later, from here. */
export class RunHistory {
  /** Ids of another process mean nothing here. */
  readonly #epoch = randomBytes(4).toString('hex');
  readonly #changes = new Map<string, StateChange[]>();
  #last = 0;

  /** Notes the state of a run; the same as before is no change. */
  add(runId: string, state: RunState): void {
    const changes = this.#changes.get(runId) ?? [];
    if (changes.at(-1)?.state === state) return;
    changes.push({ id: `${this.#epoch}-${++this.#last}`, state, at: new Date().toISOString() });
    if (changes.length > MAX_CHANGES) changes.shift();
    this.#changes.delete(runId);
    this.#changes.set(runId, changes);
    if (this.#changes.size > MAX_RUNS) this.#changes.delete(this.#changes.keys().next().value!);
  }

  /** Notes the state of a run that this process has had; others have no history here. */
  update(runId: string, state: RunState): void {
    if (this.#changes.has(runId)) this.add(runId, state);
  }

  /** The changes behind the one with that id, the oldest first; only the latest where that one is not known. */
  since(runId: string, id: string | undefined): readonly StateChange[] {
    const changes = this.#changes.get(runId) ?? [];
    const index = changes.findIndex((change) => change.id === id);
    return index === -1 ? changes.slice(-1) : changes.slice(index + 1);
  }

  forget(runId: string): void {
    this.#changes.delete(runId);
  }
}
