import type { Submittable, Connection as WireConnection } from 'pg';

const COPY_DATA = 0x64;
const COPY_DONE: Buffer = Buffer.from([0x63, 0, 0, 0, 4]);
const FRAME_HEADER = 5;

interface Wire {
  query(text: string): void;
  readonly stream: { cork(): void; uncork(): void; write(chunk: Buffer): boolean };
}

/**
 * One `COPY … FROM STDIN` with its data ready in memory, as a query of pg's: statement, data and end go out in one write, without waiting
 * for the server's invitation. When the server refuses, it skips the data (PostgreSQL documentation, "COPY Operations"), so nothing is out of step.
 */
export class CopyIn implements Submittable {
  readonly #statement: string;
  readonly #data: Buffer;
  readonly #done: (error: unknown, rows: number) => void;
  #rows = 0;
  #hasFailed = false;

  constructor(statement: string, data: Buffer, done: (error: unknown, rows: number) => void) {
    this.#statement = statement;
    this.#data = data;
    this.#done = done;
  }

  submit(connection: WireConnection): void {
    const wire = connection as unknown as Wire;
    const header = Buffer.allocUnsafe(FRAME_HEADER);
    header[0] = COPY_DATA;
    header.writeInt32BE(this.#data.length + 4, 1);
    wire.stream.cork();
    wire.query(this.#statement);
    wire.stream.write(header);
    wire.stream.write(this.#data);
    wire.stream.write(COPY_DONE);
    wire.stream.uncork();
  }

  handleCopyInResponse(): void {
    // The data is on its way already.
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)/.exec(message.text)?.[1] ?? 0);
  }

  handleError(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#done(error, 0);
  }

  handleReadyForQuery(): void {
    if (!this.#hasFailed) this.#done(undefined, this.#rows);
  }
}
