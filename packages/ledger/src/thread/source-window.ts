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
  /** What takes back each change since the last commit, in the order of the changes. */
  #undo: (() => void)[] = [];

  constructor(progress: SourceProgress) {
    this.#progress = progress;
  }

  /** Opens the next batch; its fresh items follow with {@link lease}. */
  openBatch(from: SourceCursor, to: SourceCursor, last: boolean): AdmittedBatch {
    const batch = { from, to, last, open: 0 };
    this.#batches.push(batch);
    this.#undo.push(() => this.#batches.pop());
    return batch;
  }

  /** Leases a fresh item. One that was given back and is read again stays with the batch that it came with: that one is further back. */
  lease(batch: AdmittedBatch, position: number, key: string): void {
    const known = this.#unrecorded.get(position);
    if (known === undefined) batch.open++;
    this.#unrecorded.set(position, { key, batch: known?.batch ?? batch, leased: true });
    this.#positionByKey.set(key, position);
    this.#undo.push(() => {
      this.#forgetKey(key, position);
      if (known === undefined) {
        this.#unrecorded.delete(position);
        batch.open--;
      } else this.#unrecorded.set(position, known);
    });
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
    const held = this.#forgetKey(item.key, position);
    item.batch.open--;
    this.#undo.push(() => {
      this.#unrecorded.set(position, item);
      if (held) this.#positionByKey.set(item.key, position);
      item.batch.open++;
    });
  }

  /** The item was given back without a record: its key is free, and the cursor stays before it. */
  released(position: number): void {
    const item = this.#unrecorded.get(position);
    if (item === undefined) return;
    const { leased } = item;
    item.leased = false;
    const held = this.#forgetKey(item.key, position);
    this.#undo.push(() => {
      item.leased = leased;
      if (held) this.#positionByKey.set(item.key, position);
    });
  }

  /** Where the source would go on if everything up to now were committed. The same object as before when nothing moved. */
  progress(): SourceProgress {
    let head = this.#head;
    while (this.#batches[head]?.open === 0) head++;
    const finished = head === this.#head ? undefined : this.#batches[head - 1];
    const first = this.#batches[head];
    // `from` may be null: the beginning of the source, which is a cursor like any other.
    const cursor = first !== undefined ? first.from : finished !== undefined ? finished.to : this.#progress.cursor;
    const done = first === undefined ? (finished?.last ?? this.#progress.done) : false;
    const isMoved = cursor !== this.#progress.cursor || done !== this.#progress.done;
    return isMoved ? { cursor, done } : this.#progress;
  }

  /** All that was done up to now is committed, and with it this progress. */
  committed(progress: SourceProgress): void {
    this.#undo.length = 0;
    this.#progress = progress;
    while (this.#batches[this.#head]?.open === 0) this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#batches.length) {
      this.#batches = this.#batches.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Takes back all that was done since the last commit, the latest first. */
  rollback(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }

  /** Whether the key was this position's. */
  #forgetKey(key: string, position: number): boolean {
    return this.#positionByKey.get(key) === position && this.#positionByKey.delete(key);
  }
}
