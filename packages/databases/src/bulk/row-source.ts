import type { BulkRow } from './batch-writer.ts';

/** The rows of a source, one by one; knows how to end it. */
export interface RowSource {
  next(): IteratorResult<BulkRow> | Promise<IteratorResult<BulkRow>>;
  close(): Promise<void>;
}

/** Takes an iterable by the hand. */
export function rowSource(rows: Iterable<BulkRow> | AsyncIterable<BulkRow>): RowSource {
  if (Symbol.asyncIterator in rows) {
    const iterator = rows[Symbol.asyncIterator]();
    return { next: () => iterator.next(), close: async () => void (await iterator.return?.()) };
  }
  const iterator = rows[Symbol.iterator]();
  return { next: () => iterator.next(), close: () => Promise.resolve(void iterator.return?.()) };
}
