import type { Connection as Client, FieldPacket, Query } from 'mysql2';
import type { Cursor, Row } from '../connection/connection.ts';
import { restoreBigIntegers } from './parameters.ts';
import { socketOf } from './socket-of.ts';

/**
 * Rows of a running statement, page by page. MySQL sends them all as fast as the socket takes them, so the connection is paused while
 * a page waits to be read; what is left when the cursor is closed is ended by `interrupt` and read to its end.
 */
export class MysqlCursor implements Cursor {
  readonly #client: Client;
  readonly #pageRows: number;
  readonly #interrupt: () => Promise<void>;
  readonly #toError: (error: unknown) => Error;
  #rows: Row[] = [];
  #fields: readonly FieldPacket[] | undefined;
  #state: 'running' | 'ended' | 'closing' = 'running';
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(
    client: Client,
    command: Query,
    pageRows: number,
    interrupt: () => Promise<void>,
    toError: (error: unknown) => Error,
  ) {
    this.#client = client;
    this.#pageRows = pageRows;
    this.#interrupt = interrupt;
    this.#toError = toError;
    command.on('fields', (fields: FieldPacket[]) => {
      this.#fields = fields;
    });
    command.on('result', (row: Row) => this.#take(row));
    command.on('error', (error: unknown) => {
      this.#failure = this.#toError(error);
      this.#end();
    });
    command.on('end', () => this.#end());
    // A lost connection ends no command that has no callback.
    socketOf(client).once('close', () => {
      if (this.#state === 'running') this.#failure ??= this.#toError(new Error('the server closed the connection'));
      this.#end();
    });
  }

  async read(): Promise<Row[]> {
    this.#client.resume();
    while (this.#rows.length < this.#pageRows && this.#state === 'running') await this.#change();
    if (this.#rows.length === 0 && this.#failure !== undefined) throw this.#failure;
    const rows = this.#rows.splice(0, this.#pageRows);
    return restoreBigIntegers(rows, this.#fields);
  }

  async close(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'closing';
    this.#rows = [];
    this.#client.resume();
    await this.#interrupt();
    while (this.#state === 'closing') await this.#change();
  }

  #take(row: Row): void {
    if (this.#state !== 'running') return;
    // A statement that gives no rows answers with a header instead.
    if (this.#fields === undefined) return;
    this.#rows.push(row);
    if (this.#rows.length < this.#pageRows) return;
    this.#client.pause();
    this.#wake?.();
  }

  #end(): void {
    this.#state = 'ended';
    this.#wake?.();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
