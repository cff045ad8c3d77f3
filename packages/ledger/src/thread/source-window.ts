import type { SourceCursor } from '../contract.ts';

/** One admitted batch: where the source stood before and after it, and how many of its fresh items have no record yet. */
interface AdmittedBatch {
  readonly from: SourceCursor;
  readonly to: SourceCursor;
  readonly last: boolean;
  open: number;
}

/** An admitted item without a record. It keeps its batch open even after it was given back. */
interface UnrecordedItem {
  readonly key: string;
  readonly batch: AdmittedBatch;
  leased: boolean;
}

/** Where the source goes on after a crash. */
export interface SourceProgress {
  readonly cursor: SourceCursor;
  readonly done: boolean;
}

/**
 * The part of the source that was read and is not wholly recorded: its leases, and its batches in the order of reading. The cursor to
 * store is the start of the first batch that still has an unrecorded item; everything before it is in the file. Memory is proportional to
 * what is in flight.
 */
export class SourceWindow {
  readonly #unrecorded = new Map<number, UnrecordedItem>();
  readonly #positionByKey = new Map<string, number>();
  #batches: AdmittedBatch[] = [];
  #head = 0;
  #progress: SourceProgress;

  constructor(progress: SourceProgress) {
    this.#progress = progress;
  }

  /** Opens the next batch; its fresh items follow with {@link lease}. */
  openBatch(from: SourceCursor, to: SourceCursor, last: boolean): AdmittedBatch {
    const batch = { from, to, last, open: 0 };
    this.#batches.push(batch);
    return batch;
  }

  /** Leases a fresh item. One that was given back and is read again stays with the batch that it came with: that one is further back. */
  lease(batch: AdmittedBatch, position: number, key: string): void {
    const known = this.#unrecorded.get(position);
    if (known === undefined) batch.open++;
    this.#unrecorded.set(position, { key, batch: known?.batch ?? batch, leased: true });
    this.#positionByKey.set(key, position);
  }

  isLeased(position: number): boolean {
    return this.#unrecorded.get(position)?.leased === true;
  }

  /** Whether the item was admitted and given back, so that a late report of it means nothing. */
  isReleased(position: number): boolean {
    return this.#unrecorded.get(position)?.leased === false;
  }

  /** Position of the leased, unrecorded item with this key. */
  positionOf(key: string): number | undefined {
    return this.#positionByKey.get(key);
  }

  /** The item has a record now. */
  recorded(position: number): void {
    const item = this.#unrecorded.get(position);
    if (item === undefined) return;
    this.#unrecorded.delete(position);
    this.#forgetKey(item.key, position);
    item.batch.open--;
  }

  /** The item was given back without a record: its key is free, and the cursor stays before it. */
  released(position: number): void {
    const item = this.#unrecorded.get(position);
    if (item === undefined) return;
    item.leased = false;
    this.#forgetKey(item.key, position);
  }

  /** Where the source would go on if everything up to now were committed. The same object as before when nothing moved. */
  progress(): SourceProgress {
    let finished: AdmittedBatch | undefined;
    let first = this.#batches[this.#head];
    while (first !== undefined && first.open === 0) {
      finished = first;
      first = this.#batches[++this.#head];
    }
    if (this.#head > 1024 && this.#head * 2 > this.#batches.length) {
      this.#batches = this.#batches.slice(this.#head);
      this.#head = 0;
    }
    // `from` may be null: the beginning of the source, which is a cursor like any other.
    const cursor = first !== undefined ? first.from : finished !== undefined ? finished.to : this.#progress.cursor;
    const done = first === undefined ? (finished?.last ?? this.#progress.done) : false;
    if (cursor !== this.#progress.cursor || done !== this.#progress.done) this.#progress = { cursor, done };
    return this.#progress;
  }

  #forgetKey(key: string, position: number): void {
    if (this.#positionByKey.get(key) === position) this.#positionByKey.delete(key);
  }
}
