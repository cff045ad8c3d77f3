import type { Readable } from 'node:stream';
import { atLine, type EngineError } from '../errors.ts';
import type { ItemSource, ReadItem } from './item-source.ts';
import { IterableSource } from './iterable-source.ts';
import { LineSource } from './line-source.ts';
import { parseJson, parseText } from './parse-text.ts';
import { SpooledSource } from './spooled-source.ts';

function readLine(line: string, position: number): ReadItem<string> | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  return { position, key: text, text: null, input: { ok: true, value: text } };
}

function readJson(line: string, position: number): ReadItem<unknown> | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  const base = { position, key: String(position), text };
  try {
    return { ...base, input: { ok: true, value: parseJson(text) } };
  } catch (error) {
    return { ...base, input: { ok: false, error: atLine(error as EngineError, position) } };
  }
}

/**
 * Where a job's items come from. A path, `'-'` for standard input, or a stream; all are read as they are needed. A file may be compressed with
 * gzip or zstd; when its run goes on it is decompressed again up to where it stood.
 */
export const from: {
  /** One item a line; blank lines and lines that begin with `#` are skipped. The line is the item's key: the same line twice is one item. */
  lines(input: string | Readable): ItemSource<string>;
  /**
   * As `lines`, of a stream that can be read only once: it is copied to the file `path` while it is read, so that a run that stopped goes on without
   * the stream, when all of it had come. With another list it is refused (`SLUICE_INPUT_CHANGED`). The file is yours to delete.
   */
  spooled(stream: Readable, path: string): ItemSource<string>;
  /** One JSON value a line. The line's number is the item's key, unless the job names one. */
  jsonl<T = unknown>(input: string | Readable): ItemSource<T>;
  /** Any iterable or async iterable. Its items must be JSON values; when a run is resumed it is read again from its beginning. */
  iterable<T>(items: Iterable<T> | AsyncIterable<T>): ItemSource<T>;
} = {
  lines: (input) => new LineSource<string>(input, { read: readLine, parse: parseText }),
  spooled: (stream, path) => new SpooledSource<string>(stream, path, { read: readLine, parse: parseText }),
  jsonl: <T>(input: string | Readable) =>
    new LineSource<unknown>(input, { read: readJson, parse: parseJson }) as ItemSource<T>,
  iterable: (items) => new IterableSource(items),
};
