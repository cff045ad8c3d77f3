import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ServiceError } from '../errors/service-error.ts';
import { newId, timeOfId } from '../runs/run-id.ts';

/** A list that was taken in. */
export interface StoredList {
  readonly id: string;
  readonly bytes: number;
}

/** The lists that clients upload: files under names of ours. */
export class ListStore {
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Writes a body to a file as it comes. It is there whole or not at all: nothing stays of one that is too long, or cut off.
   *
   * @throws ServiceError `SLUICE_SERVICE_TOO_LARGE`, `SLUICE_SERVICE_EMPTY_LIST`; what the body's stream fails with.
   */
  async receive(body: AsyncIterable<Buffer>): Promise<StoredList> {
    const id = newId();
    const draft = `${this.#path(id)}.part`;
    try {
      const cap = new ByteCap(this.#maxBytes);
      await pipeline(body, cap, createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
      if (cap.bytes === 0)
        throw new ServiceError('SLUICE_SERVICE_EMPTY_LIST', 'the body is empty: send one URL a line');
      await using file = await open(draft, 'r');
      await file.sync();
      await rename(draft, this.#path(id));
      return { id, bytes: cap.bytes };
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** @throws ServiceError `SLUICE_SERVICE_NO_LIST` for anything but the id of a list that is there */
  async require(id: string): Promise<void> {
    if ((await stat(this.pathOf(id)).catch(() => undefined)) === undefined) throw noList();
  }

  /** Where the list with that id lies. Only what `newId` makes is ever part of a path. @throws ServiceError `SLUICE_SERVICE_NO_LIST` */
  pathOf(id: string): string {
    if (timeOfId(id) === undefined) throw noList();
    return this.#path(id);
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.txt`);
  }
}

function noList(): ServiceError {
  return new ServiceError('SLUICE_SERVICE_NO_LIST', 'there is no list with this id: upload one to /api/v1/lists first');
}

/** Passes bytes on, and fails when there are too many. */
class ByteCap extends Transform {
  readonly #max: number;
  bytes = 0;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.bytes += chunk.length;
    if (this.bytes <= this.#max) done(null, chunk);
    else {
      const message = `the list is longer than ${this.#max} bytes: split it, or raise maxListBytes of the service`;
      done(new ServiceError('SLUICE_SERVICE_TOO_LARGE', message));
    }
  }
}
