import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ItemState } from '../contract.ts';

/** What the tally counts: items by state and class of their last attempt ('' before any), and keys that came twice. */
export type TallyState = ItemState | 'duplicate';

/** Collects the changes of one commit and writes them as a few rows. */
export class Tally {
  readonly #changes = new Map<string, Map<string, number>>();
  readonly #upsert: StatementSync;

  constructor(database: DatabaseSync) {
    this.#upsert = database.prepare(
      'INSERT INTO tally (state, class, count) VALUES (?, ?, ?) ON CONFLICT (state, class) DO UPDATE SET count = count + excluded.count',
    );
  }

  /** `count` more (or fewer) items in this state with this class. */
  add(state: TallyState, className: string | null, count: number): void {
    let byClass = this.#changes.get(state);
    if (byClass === undefined) {
      byClass = new Map();
      this.#changes.set(state, byClass);
    }
    const name = className ?? '';
    byClass.set(name, (byClass.get(name) ?? 0) + count);
  }

  /** Writes the collected changes; inside the caller's transaction. */
  write(): void {
    for (const [state, byClass] of this.#changes) {
      for (const [name, count] of byClass) if (count !== 0) this.#upsert.run(state, name, count);
    }
    this.discard();
  }

  /** Forgets what was not written: the transaction was rolled back. */
  discard(): void {
    this.#changes.clear();
  }
}
