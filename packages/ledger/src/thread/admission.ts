import type { DatabaseSync } from 'node:sqlite';
import type { AdmitVerdict } from '../contract.ts';
import type { WriterCalls } from '../wire/messages.ts';
import type { RecordStore } from './record-store.ts';
import type { SourceWindow } from './source-window.ts';

/** Decides for each item that the source brings whether it is new. */
export class Admission {
  readonly #records: RecordStore;
  readonly #window: SourceWindow;
  /** No item behind this position is recorded or leased: reading forward costs no search by position. */
  #furthest: number;

  constructor(database: DatabaseSync, records: RecordStore, window: SourceWindow) {
    this.#records = records;
    this.#window = window;
    const highest = database.prepare('SELECT max(id) AS id FROM record').get()?.id as number | null;
    this.#furthest = Math.max(0, highest ?? 0);
  }

  admit(batch: WriterCalls['admit']['request']): AdmitVerdict[] {
    const admitted = this.#window.openBatch(batch.from, batch.to, batch.last);
    return batch.keys.map((key, index) => {
      const position = batch.positions[index] as number;
      if (position <= this.#furthest) {
        if (this.#window.isLeased(position) || this.#records.isRecorded(position)) return 'recorded';
      } else this.#furthest = position;
      const first = this.#window.positionOf(key) ?? this.#records.idOf(key);
      if (first !== undefined) {
        this.#records.duplicate(position, key, first);
        // Another item stands for a key that was given back in the meantime: this position needs no record of its own any more.
        this.#window.recorded(position);
        return 'duplicate';
      }
      this.#window.lease(admitted, position, key);
      return 'fresh';
    });
  }
}
