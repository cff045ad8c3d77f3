import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { SourceCursor } from '@sluice/ledger';
import { EngineError } from '../errors.ts';
import { fingerprint } from './fingerprint.ts';
import type { ItemSource, ReadBatch, ReadItem, SourceFacts } from './item-source.ts';
import { LineSplitter, type RawLine } from './line-splitter.ts';

/** What one line means: an item, or nothing (a blank line). */
export type LineReader<Input> = (text: string, position: number) => ReadItem<Input> | undefined;

/** How lines become items. */
export interface LineFormat<Input> {
  readonly read: LineReader<Input>;
  readonly parse: (text: string) => Input;
}

const CHUNK_BYTES = 65_536;
const MAX_LINE_BYTES = 1_048_576;
/** Up to this size the items of a file are counted exactly; beyond it its lines, which may be a few more. */
const EXACT_COUNT_BYTES = 4_194_304;

interface LineCursor {
  readonly line: number;
  readonly offset: number;
}

/** A file of lines, or a stream of them. A file can go on from any line; a stream is read again from its beginning. */
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
    if (typeof this.#input !== 'string') return { name: this.#name, fingerprint: null };
    await using file = await this.#open(this.#input);
    const stat = await file.stat();
    if (stat.isDirectory())
      throw new EngineError(
        'SLUICE_SOURCE_UNREADABLE',
        `${this.#input} is a directory: name the file that holds the list`,
      );
    // A FIFO or a device can be read, but only once and from its beginning.
    if (!stat.isFile()) return { name: this.#name, fingerprint: null };
    if (stat.size === 0)
      throw new EngineError('SLUICE_SOURCE_EMPTY', `${this.#input} is empty: there is nothing to do`);
    return { name: this.#name, fingerprint: await fingerprint(file) };
  }

  async count(): Promise<number | null> {
    if (typeof this.#input !== 'string') return null;
    await using file = await this.#open(this.#input);
    const stat = await file.stat();
    if (!stat.isFile()) return null;
    let count = 0;
    if (stat.size > EXACT_COUNT_BYTES) for await (const chunk of this.#chunks(file, 0)) count += lineFeeds(chunk);
    else
      for await (const batch of this.#items(this.#chunks(file, 0), { line: 0, offset: 0 })) count += batch.items.length;
    return count;
  }

  async *read(cursor: SourceCursor): AsyncGenerator<ReadBatch<Input>, void, undefined> {
    const start = cursor === null ? { line: 0, offset: 0 } : (JSON.parse(cursor) as LineCursor);
    if (typeof this.#input !== 'string') {
      yield* this.#items(this.#input as AsyncIterable<Buffer | string>, { line: 0, offset: 0 });
      return;
    }
    await using file = await this.#open(this.#input);
    const isSeekable = (await file.stat()).isFile();
    const from = isSeekable ? start : { line: 0, offset: 0 };
    yield* this.#items(
      isSeekable ? this.#chunks(file, from.offset) : file.createReadStream({ autoClose: false }),
      from,
    );
  }

  async *#chunks(file: FileHandle, offset: number): AsyncGenerator<Buffer, void, undefined> {
    for (let position = offset; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async *#items(
    chunks: AsyncIterable<Buffer | string>,
    start: LineCursor,
  ): AsyncGenerator<ReadBatch<Input>, void, undefined> {
    const splitter = new LineSplitter(MAX_LINE_BYTES, { number: start.line, offset: start.offset });
    for await (const chunk of chunks) {
      const lines = splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      if (lines.length > 0) yield this.#batch(lines);
    }
    const rest = splitter.end();
    if (rest.length > 0) yield this.#batch(rest);
  }

  #batch(lines: readonly RawLine[]): ReadBatch<Input> {
    const items: ReadItem<Input>[] = [];
    for (const line of lines) {
      const item = this.#item(line);
      if (item !== undefined) items.push(item);
    }
    const last = lines.at(-1)!;
    return { items, to: JSON.stringify({ line: last.number, offset: last.end } satisfies LineCursor) };
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
    return { position, key: `line ${position}`, text: null, input: { ok: false, error } };
  }

  async #open(path: string): Promise<FileHandle> {
    try {
      return await open(path, 'r');
    } catch (error) {
      throw unreadable(path, error);
    }
  }
}

function decode(bytes: Buffer): string | undefined {
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
}

function lineFeeds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++;
  return count;
}

function unreadable(path: string, cause: unknown): EngineError {
  const code = (cause as NodeJS.ErrnoException).code;
  const why =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EACCES'
        ? 'you may not read it'
        : code === 'EISDIR'
          ? 'it is a directory'
          : String(code);
  return new EngineError('SLUICE_SOURCE_UNREADABLE', `cannot read ${path}: ${why}`, { cause });
}
