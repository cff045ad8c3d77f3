import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { checkpoint } from '@sluice/core';
import type { SourceCursor } from '@sluice/ledger';
import { EngineError } from '../errors.ts';
import { fingerprint } from './fingerprint.ts';
import { type ItemSource, NO_TEXT, type ReadBatch, type ReadItem, type SourceFacts } from './item-source.ts';
import { LineSplitter, type RawLine } from './line-splitter.ts';
import { ListFile, unreadable } from './list-file.ts';
import { endWithScope, openStream } from './open-stream.ts';

/** What one line means: an item, or nothing (a blank line). */
export type LineReader<Input> = (text: string, position: number) => ReadItem<Input> | undefined;

/** How lines become items. */
export interface LineFormat<Input> {
  readonly read: LineReader<Input>;
  readonly parse: (text: string) => Input;
}

const MAX_LINE_BYTES = 1_048_576;
/** Up to this size (as it lies on the disk) the items of a file are counted exactly; beyond it its lines, which may be a few more. */
const EXACT_COUNT_BYTES = 4_194_304;

interface LineCursor {
  readonly line: number;
  readonly offset: number;
}

const START: LineCursor = { line: 0, offset: 0 };

/**
 * A file of lines, plain or compressed with gzip or zstd, or a stream of them. A file can go on from any line (a compressed one is decompressed
 * up to there again); a stream is read again from its beginning.
 */
export class LineSource<Input> implements ItemSource<Input> {
  readonly #input: string | Readable;
  readonly #format: LineFormat<Input>;

  constructor(input: string | Readable, format: LineFormat<Input>) {
    this.#input = input === '-' ? process.stdin : input;
    this.#format = format;
  }

  get #name(): string {
    if (typeof this.#input === 'string') return this.#input;
    return this.#input === process.stdin ? 'stdin' : 'stream';
  }

  parse(text: string): Input {
    return this.#format.parse(text);
  }

  async facts(): Promise<SourceFacts> {
    const path = this.#input;
    // A FIFO or a device can be read only once: it is not opened before that.
    if (typeof path !== 'string' || !(await this.#isFile(path))) return { name: this.#name, fingerprint: null };
    await using file = await ListFile.open(path);
    for await (const _ of this.#items(file.chunks(0), START)) {
      return { name: path, fingerprint: await fingerprint(file.handle), isReadAgain: file.coding !== undefined };
    }
    throw this.#empty();
  }

  async count(): Promise<number | null> {
    const path = this.#input;
    if (typeof path !== 'string' || !(await this.#isFile(path))) return null;
    await using file = await ListFile.open(path);
    let count = 0;
    if ((await file.handle.stat()).size > EXACT_COUNT_BYTES) {
      for await (const chunk of file.chunks(0)) {
        await checkpoint();
        count += lineFeeds(chunk);
      }
    } else for await (const batch of this.#items(file.chunks(0), START)) count += batch.items.length;
    return count;
  }

  async *read(cursor: SourceCursor): AsyncGenerator<ReadBatch<Input>, void, undefined> {
    const path = this.#input;
    if (typeof path === 'string' && (await this.#isFile(path))) {
      const start = cursor === null ? START : (JSON.parse(cursor) as LineCursor);
      await using file = await ListFile.open(path);
      yield* this.#items(file.chunks(start.offset), start);
      return;
    }
    const stream = typeof path === 'string' ? await openStream(path) : path;
    yield* this.readChunks(endWithScope(stream));
  }

  /** The items of a stream from its beginning on. @throws EngineError when there is none */
  async *readChunks(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<ReadBatch<Input>, void, undefined> {
    let isEmpty = true;
    for await (const batch of this.#items(chunks, START)) {
      isEmpty = false;
      yield batch;
    }
    if (isEmpty) throw this.#empty();
  }

  async *#items(
    chunks: AsyncIterable<Uint8Array | string>,
    start: LineCursor,
  ): AsyncGenerator<ReadBatch<Input>, void, undefined> {
    const splitter = new LineSplitter(MAX_LINE_BYTES, { number: start.line, offset: start.offset });
    for await (const chunk of chunks) {
      const lines = splitter.push(bufferOf(chunk));
      yield* this.#batch(lines);
    }
    yield* this.#batch(splitter.end());
  }

  /** One batch of the lines that are items, or none. */
  *#batch(lines: readonly RawLine[]): Generator<ReadBatch<Input>, void, undefined> {
    const items: ReadItem<Input>[] = [];
    for (const line of lines) {
      const item = this.#item(line);
      if (item !== undefined) items.push(item);
    }
    if (items.length === 0) return;
    const last = lines.at(-1)!;
    yield { items, to: JSON.stringify({ line: last.number, offset: last.end } satisfies LineCursor) };
  }

  #item({ number, bytes }: RawLine): ReadItem<Input> | undefined {
    if (bytes === null) {
      return this.#bad(
        number,
        new EngineError('SLUICE_INPUT_TOO_LONG', `line ${number} is longer than 1 MiB`, { outcomeClass: 'input' }),
      );
    }
    const text = decode(bytes);
    if (text === undefined) {
      return this.#bad(
        number,
        new EngineError('SLUICE_INPUT_TEXT', `line ${number} is not valid UTF-8 text: save the list as UTF-8`, {
          outcomeClass: 'input',
        }),
      );
    }
    return this.#format.read(text, number);
  }

  #bad(position: number, error: EngineError): ReadItem<Input> {
    return { position, key: `line ${position}`, text: NO_TEXT, input: { ok: false, error } };
  }

  #empty(): EngineError {
    return new EngineError(
      'SLUICE_SOURCE_EMPTY',
      `${this.#name} has no item: it is empty, or has only blank lines and comments`,
    );
  }

  /** Whether it is a file that can be read twice, and from any place. */
  async #isFile(path: string): Promise<boolean> {
    const stats = await stat(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (!stats.isDirectory()) return stats.isFile();
    throw new EngineError('SLUICE_SOURCE_UNREADABLE', `${path} is a directory: name the file that holds the list`);
  }
}

function decode(bytes: Buffer): string | undefined {
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
}

function bufferOf(chunk: Uint8Array | string): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function lineFeeds(chunk: Uint8Array): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++;
  return count;
}
