import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Event } from '@sluice/core';
import { EngineError } from '../errors.ts';

const CHUNK_BYTES = 65_536;
/** A spool that has not come to its end is called so. */
const UNFINISHED = '.part';

/** Whether a whole list was kept at `path`. */
export async function isSpooled(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** What is kept while a list is still being read. */
function unfinishedSpool(path: string): string {
  return path + UNFINISHED;
}

/**
 * Copies a stream into a file and gives its bytes out of that file: the reader may be slower than the stream, and may never come to its end, without
 * a byte being lost or kept in memory. When all of it is on the disk the file takes its name, so that what has the name is whole.
 */
export async function* throughSpool(stream: Readable, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await openSpool(path);
  const copy = new SpoolCopy(stream, file, path);
  try {
    let position = 0;
    for (;;) {
      if (position < copy.written) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      } else if (copy.failure !== undefined) throw copy.failure.error;
      else if (copy.isDone) return;
      else await copy.more();
    }
  } finally {
    stream.destroy();
    await copy.ended;
    await file.close();
  }
}

class SpoolCopy {
  written = 0;
  isDone = false;
  failure: { readonly error: unknown } | undefined;
  /** Settles when nothing is written any more; never rejects. */
  readonly ended: Promise<void>;
  readonly #moved = new Event();

  constructor(stream: Readable, file: FileHandle, path: string) {
    this.ended = this.#copy(stream, file, path);
  }

  /** Waits until more is written, or nothing more will be. */
  async more(): Promise<void> {
    this.#moved.clear();
    await this.#moved.wait();
  }

  async #copy(stream: Readable, file: FileHandle, path: string): Promise<void> {
    try {
      for await (const chunk of stream) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
        await this.#write(file, bytes, path);
        this.#moved.set();
      }
      await file.sync();
      await rename(unfinishedSpool(path), path);
      this.isDone = true;
    } catch (error) {
      this.failure = { error };
    }
    this.#moved.set();
  }

  async #write(file: FileHandle, bytes: Uint8Array, path: string): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, this.written + at);
        at += bytesWritten;
      }
      this.written += bytes.length;
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }
}

async function openSpool(path: string): Promise<FileHandle> {
  try {
    return await open(unfinishedSpool(path), 'w+');
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): EngineError {
  const code = (cause as NodeJS.ErrnoException).code;
  const why = code === 'ENOSPC' ? 'no space is left' : code === 'EACCES' ? 'you may not write it' : String(code);
  return new EngineError(
    'SLUICE_SOURCE_SPOOL',
    `cannot keep the list of standard input in ${path}: ${why}. What came before is done or under way; make room or choose another place with --ledger, and give the list again`,
    { cause },
  );
}

/** Whether a stream gives just what is in a file, or nothing at all. */
export async function isSameList(stream: Readable, path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    let position = 0;
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, position);
      if (bytesRead < bytes.length || !buffer.equals(bytes)) return false;
      position += bytesRead;
    }
    return position === 0 || position === (await file.stat()).size;
  } finally {
    await file.close();
    stream.destroy();
  }
}
