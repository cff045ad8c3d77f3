import type { BulkRow } from '@sluice/databases';
import { from } from '@sluice/engine';

/** A line of a list of rows that is no row. */
export interface BadLine {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** The row, where there is one. */
  readonly row: BulkRow | null;
}

/**
 * The rows of a JSONL file or of standard input (`-`), read as they are needed. Remembers which line each row came from for as long as the
 * database may still refuse it.
 */
export class RowList {
  readonly #source: ReturnType<typeof from.jsonl<unknown>>;
  readonly #onBadLine: (bad: BadLine) => void;
  /** Lines of the rows that were given out, by the row's place; the database settles them in order, so old ones are let go. */
  readonly #lines = new Map<number, number>();
  #given = 0;

  constructor(name: string, onBadLine: (bad: BadLine) => void) {
    this.#source = from.jsonl<unknown>(name);
    this.#onBadLine = onBadLine;
  }

  /** @throws EngineError when the list cannot be read. */
  async check(): Promise<void> {
    await this.#source.facts();
  }

  /** The line that row number `index` came from; those before it are forgotten. */
  lineOf(index: number): number {
    for (const known of this.#lines.keys()) {
      if (known >= index) break;
      this.#lines.delete(known);
    }
    return this.#lines.get(index) ?? 0;
  }

  async *rows(): AsyncGenerator<BulkRow, void, undefined> {
    for await (const batch of this.#source.read(null)) {
      for (const { position, input } of batch.items) {
        if (!input.ok) {
          this.#onBadLine({ line: position, code: 'SLUICE_INPUT_JSON', message: input.error.message, row: null });
        } else if (!isRow(input.value)) {
          const message = `line ${position} is no object with a value for each column`;
          this.#onBadLine({ line: position, code: 'SLUICE_INPUT_JSON', message, row: null });
        } else {
          this.#remember(position);
          yield input.value;
        }
      }
    }
  }

  /** A window of lines is enough: at most two batches are on their way to the database. */
  #remember(line: number): void {
    this.#lines.set(this.#given++, line);
    if (this.#lines.size > MAX_REMEMBERED) this.#lines.delete(this.#lines.keys().next().value!);
  }
}

/** More rows than two batches of a megabyte each can hold. */
const MAX_REMEMBERED = 1_000_000;

function isRow(value: unknown): value is BulkRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
