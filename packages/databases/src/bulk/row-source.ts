import type { BulkRow } from './batch-writer.ts';

type Step = IteratorResult<BulkRow>;

/** The rows of a source, one by one; knows how to end it. */
export class RowSource {
  readonly #iterator: Iterator<BulkRow> | AsyncIterator<BulkRow>;
  #first: Step | undefined;

  constructor(rows: Iterable<BulkRow> | AsyncIterable<BulkRow>) {
    this.#iterator = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  }

  /** The first row, which {@link next} will give; undefined where there is none. */
  async peek(): Promise<BulkRow | undefined> {
    this.#first = await this.#iterator.next();
    return this.#first.done === true ? undefined : this.#first.value;
  }

  next(): Step | Promise<Step> {
    const first = this.#first;
    if (first === undefined) return this.#iterator.next();
    this.#first = undefined;
    return first;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
