import { ItemQueue } from './item-queue.ts';
import type { TimedEntry } from './ready-heap.ts';
import { type BucketOptions, TokenBucket } from './token-bucket.ts';

/** A limit of items with one key: a tenant, say. */
export interface ItemLimitOptions {
  readonly concurrency?: number;
  readonly rate?: BucketOptions;
}

/** The gate of one key of a job's `limits`, and the items that met it closed. They hold nothing while they wait. */
export class ItemLimit<W> implements TimedEntry {
  readyAt = 0;
  heapIndex = -1;
  readonly key: string;
  readonly parked: ItemQueue<W> = new ItemQueue<W>();
  /** Items that wait or are under way with it. */
  users = 0;
  #options: ItemLimitOptions;
  #rate: TokenBucket | undefined;
  #inFlight = 0;

  constructor(key: string, options: ItemLimitOptions, nowMs: number) {
    this.key = key;
    this.#options = options;
    this.#rate = options.rate && new TokenBucket(options.rate, nowMs);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many more may be under way. */
  get room(): number {
    return (this.#options.concurrency ?? Number.POSITIVE_INFINITY) - this.#inFlight;
  }

  configure(options: ItemLimitOptions, nowMs: number): void {
    this.#options = options;
    if (options.rate === undefined) this.#rate = undefined;
    else if (this.#rate === undefined) this.#rate = new TokenBucket(options.rate, nowMs);
    else this.#rate.configure(options.rate, nowMs);
  }

  opensAt(nowMs: number): number {
    return this.room < 1 ? Number.POSITIVE_INFINITY : (this.#rate?.readyAt(nowMs) ?? nowMs);
  }

  begin(nowMs: number): void {
    this.#inFlight++;
    this.#rate?.take(nowMs);
  }

  end(): void {
    this.#inFlight--;
  }

  giveBack(nowMs: number): void {
    this.#inFlight--;
    this.#rate?.correct(nowMs, 1);
  }

  /** When nothing is owed to its rate. */
  fullAt(nowMs: number): number {
    return this.#rate?.readyAt(nowMs, Number.POSITIVE_INFINITY) ?? nowMs;
  }
}
