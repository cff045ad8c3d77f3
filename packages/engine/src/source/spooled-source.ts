import type { Readable } from 'node:stream';
import type { SourceCursor } from '@sluice/ledger';
import { EngineError } from '../errors.ts';
import type { ItemSource, ReadBatch, SourceFacts } from './item-source.ts';
import { type LineFormat, LineSource } from './line-source.ts';
import { endWithScope } from './open-stream.ts';
import { isSameList, isSpooled, throughSpool } from './spool.ts';

/**
 * Lines of a stream that can be read only once, kept in a file while they are read: a run that stopped before their end goes on without the stream
 * when all of it had come, and with the same stream again otherwise.
 */
export class SpooledSource<Input> implements ItemSource<Input> {
  readonly #stream: Readable & { readonly isTTY?: boolean };
  readonly #path: string;
  readonly #format: LineFormat<Input>;
  #isChecked = false;

  constructor(stream: Readable, path: string, format: LineFormat<Input>) {
    this.#stream = stream;
    this.#path = path;
    this.#format = format;
  }

  parse(text: string): Input {
    return this.#format.parse(text);
  }

  /** @throws EngineError `SLUICE_INPUT_CHANGED` when another list comes than the one that was kept */
  async facts(): Promise<SourceFacts> {
    const facts = { name: this.#stream === process.stdin ? 'stdin' : 'stream', fingerprint: null };
    if (this.#isChecked || !(await isSpooled(this.#path))) return facts;
    if (this.#stream.isTTY !== true && !(await isSameList(this.#stream, this.#path))) {
      throw new EngineError(
        'SLUICE_INPUT_CHANGED',
        `this is not the list that the run began with, which is kept in ${this.#path}: its results would be mixed. ` +
          'Give nothing to go on with that one, or begin a new run (--fresh, or another --ledger)',
      );
    }
    this.#isChecked = true;
    return facts;
  }

  async count(): Promise<number | null> {
    return (await isSpooled(this.#path)) ? await new LineSource(this.#path, this.#format).count() : null;
  }

  async *read(cursor: SourceCursor): AsyncGenerator<ReadBatch<Input>, void, undefined> {
    if (await isSpooled(this.#path)) yield* new LineSource(this.#path, this.#format).read(cursor);
    else {
      const chunks = throughSpool(endWithScope(this.#stream), this.#path);
      yield* new LineSource(this.#stream, this.#format).readChunks(chunks);
    }
  }
}
