import { UsageError } from '@sluice/core';
import type {
  AdmitBatch,
  AdmitVerdict,
  DueItems,
  Intent,
  Ledger,
  LedgerCounts,
  LedgerReader,
  Row,
  RunRow,
  Settlement,
  SqlValue,
  Transition,
} from '../contract.ts';
import { LedgerError } from '../errors.ts';
import type { RunChange, WriterCalls, WriterReady } from '../wire/messages.ts';
import { Batcher } from './batcher.ts';
import type { ThreadLink } from './thread-link.ts';

/** Opens a reader of the same file. */
export type OpenReader = (path: string) => Promise<LedgerReader>;

/** The ledger of one SQLite file: calls act in the order in which they were made, and promises resolve only after COMMIT. */
export class FileLedger implements Ledger {
  readonly path: string;
  readonly run: RunRow;
  readonly created: boolean;
  readonly #link: ThreadLink<WriterCalls>;
  readonly #batcher: Batcher;
  readonly #openReader: OpenReader;
  #reader: Promise<LedgerReader> | undefined;
  #stall: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(path: string, link: ThreadLink<WriterCalls>, ready: WriterReady, openReader: OpenReader) {
    this.path = path;
    this.run = ready.run;
    this.created = ready.created;
    this.#link = link;
    this.#batcher = new Batcher(link);
    this.#openReader = openReader;
    link.onStall((stall) => {
      this.#stall = stall;
    });
  }

  get stall(): Error | undefined {
    return this.#stall;
  }

  async admit(batch: AdmitBatch): Promise<readonly AdmitVerdict[]> {
    const positions = new Float64Array(batch.items.length);
    const keys = batch.items.map((item) => item.key);
    let previous = 0;
    for (const [index, { position }] of batch.items.entries()) {
      if (!Number.isSafeInteger(position) || position <= previous) {
        throw new UsageError(`positions of a batch rise from 1, but ${position} follows ${previous}`);
      }
      positions[index] = position;
      previous = position;
    }
    const { from, to, last } = batch;
    return this.#ask('admit', { from, to, last, positions, keys }, [positions.buffer]);
  }

  async takeDue(limit: number, now: number): Promise<DueItems> {
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new UsageError(`takeDue needs a limit of at least 1, not ${limit}`);
    return this.#ask('takeDue', { limit, now });
  }

  async intent(intent: Intent): Promise<void> {
    this.#refuseWhenUnusable();
    return this.#batcher.intent(intent);
  }

  settle(settlement: Settlement): void {
    this.#refuseWhenUnusable();
    this.#batcher.settle(settlement);
  }

  drained(): Promise<void> | undefined {
    return this.#batcher.drained();
  }

  release(ids: readonly number[]): void {
    this.#refuseWhenUnusable();
    for (const id of ids) this.#batcher.release(id);
  }

  async flush(): Promise<void> {
    this.#refuseWhenUnusable();
    return this.#batcher.send();
  }

  async transition(change: Transition): Promise<number> {
    if (change.to === 'leased') throw new UsageError("items are leased by takeDue, not by a transition to 'leased'");
    return this.#ask('transition', change);
  }

  async updateRun(change: RunChange): Promise<void> {
    await this.#ask('updateRun', change);
  }

  async counts(): Promise<LedgerCounts> {
    return this.#ask('counts', null);
  }

  async *rows(sql: string, params: readonly SqlValue[] = []): AsyncGenerator<Row, void, undefined> {
    await this.flush();
    this.#reader ??= this.#openReader(this.path);
    const reader = await this.#reader;
    yield* reader.rows(sql, params);
  }

  onFailure(callback: (error: Error) => void): void {
    this.#link.onFailure(callback);
  }

  failWhenStalled(): void {
    // When it fails, it does so to everyone who waits.
    this.#link.call('failWhenStalled', null).catch(() => undefined);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    // The reader goes first: the last connection to leave folds the log into the file.
    const reader = await this.#reader?.catch(() => undefined);
    await reader?.close();
    if (this.#link.failure === undefined) {
      // A batch that fails makes the close call fail with the same error.
      this.#batcher.send().catch(() => undefined);
    }
    try {
      await this.#link.close();
    } finally {
      await this.#link.exited();
    }
  }

  #ask<K extends Exclude<keyof WriterCalls, 'batch' | 'failWhenStalled' | 'close'>>(
    call: K,
    request: WriterCalls[K]['request'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<WriterCalls[K]['reply']> {
    this.#refuseWhenUnusable();
    this.#batcher.send().catch(() => undefined);
    return this.#link.call(call, request, transfer);
  }

  #refuseWhenUnusable(): void {
    if (this.#link.failure !== undefined) throw this.#link.failure;
    if (this.#closing !== undefined) {
      throw new LedgerError(`ledger ${this.path} is closed; open it again`, { code: 'SLUICE_LEDGER_CLOSED' });
    }
  }
}
