import { type FileHandle, open } from 'node:fs/promises';
import { type ContentCoding, decodeStream } from '@sluice/http';
import { EngineError } from '../errors.ts';

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

const CHUNK_BYTES = 16_384;
/** A list may be as long as it likes: its lines are bounded one by one. */
const NO_LIMITS = { maxBodyBytes: Number.POSITIVE_INFINITY, maxRatio: Number.POSITIVE_INFINITY };

/** How the files begin (RFC 1952 2.3.1, RFC 8878 3.1.1). Neither is valid UTF-8, so no list of text is taken for one. */
const MAGIC: readonly (readonly [ContentCoding, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** An open list: plain, or compressed with gzip or zstd, which its first bytes tell and not its name. */
export class ListFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly coding: ContentCoding | undefined;

  private constructor(path: string, handle: FileHandle, coding: ContentCoding | undefined) {
    this.path = path;
    this.handle = handle;
    this.coding = coding;
  }

  /** @throws EngineError when it cannot be opened or read. */
  static async open(path: string): Promise<ListFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const head = new Uint8Array(4);
      await handle.read(head, 0, head.length, 0);
      return new ListFile(path, handle, MAGIC.find(([, magic]) => magic.every((byte, at) => head[at] === byte))?.[0]);
    } catch (error) {
      await handle?.close();
      throw unreadable(path, error);
    }
  }

  /**
   * The bytes of the text from `offset` on. A plain file is read from there; a compressed one has no such place: it is decompressed from its
   * beginning, on libuv's threads, and what lies before is passed over.
   *
   * @throws EngineError when a compressed file is cut off or damaged.
   */
  async *chunks(offset: number): Chunks {
    if (this.coding === undefined) yield* this.#raw(offset);
    else yield* behind(this.#decoded(this.coding), offset);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }

  async *#raw(offset: number): Chunks {
    for (let position = offset; ; ) {
      const { bytesRead, buffer } = await this.handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async *#decoded(coding: ContentCoding): Chunks {
    try {
      yield* decodeStream(this.#raw(0), coding, NO_LIMITS);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new EngineError(
        'SLUICE_SOURCE_UNREADABLE',
        `cannot read ${this.path} to its end: it begins as ${coding} and is cut off or damaged (${why}). What came before is done or under way; make the file anew`,
        { cause: error },
      );
    }
  }
}

/** What `chunks` give behind their first `count` bytes. */
async function* behind(chunks: Chunks, count: number): Chunks {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** The error for a list that cannot be read. */
export function unreadable(path: string, cause: unknown): EngineError {
  const code = (cause as NodeJS.ErrnoException).code;
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'you may not read it' : String(code);
  return new EngineError('SLUICE_SOURCE_UNREADABLE', `cannot read ${path}: ${why}`, { cause });
}
