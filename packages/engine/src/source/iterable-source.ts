import { UsageError } from '@sluice/core';
import { EngineError } from '../errors.ts';
import { type ItemSource, NO_TEXT, type ReadBatch, type ReadItem, type SourceFacts } from './item-source.ts';
import { parseJson } from './parse-text.ts';

const BATCH = 256;

/** Items from a program. A text is its own key; other values are keyed by their position. */
export class IterableSource<T> implements ItemSource<T> {
  readonly #items: Iterable<T> | AsyncIterable<T>;

  constructor(items: Iterable<T> | AsyncIterable<T>) {
    const isIterable =
      items !== null &&
      items !== undefined &&
      (Symbol.iterator in Object(items) || Symbol.asyncIterator in Object(items));
    if (!isIterable) throw new UsageError(`from.iterable() takes an iterable or async iterable, not ${String(items)}`);
    this.#items = items;
  }

  async facts(): Promise<SourceFacts> {
    return { name: 'iterable', fingerprint: null };
  }

  async count(): Promise<number | null> {
    return Array.isArray(this.#items) ? this.#items.length : null;
  }

  parse(text: string): T {
    return parseJson(text) as T;
  }

  async *read(): AsyncGenerator<ReadBatch<T>, void, undefined> {
    let position = 0;
    let items: ReadItem<T>[] = [];
    const isSync = Symbol.iterator in Object(this.#items);
    for await (const value of this.#items) {
      items.push(this.#item(value, ++position));
      // What a program produces slowly is passed on at once; what is there already goes in batches.
      if (!isSync || items.length === BATCH) {
        yield { items, to: null };
        items = [];
      }
    }
    if (items.length > 0) yield { items, to: null };
  }

  #item(value: T, position: number): ReadItem<T> {
    const text = JSON.stringify(value);
    if (text === undefined) {
      const error = new EngineError('SLUICE_INPUT_JSON', `item ${position} cannot be kept as JSON`, {
        outcomeClass: 'input',
      });
      return { position, key: String(position), text: NO_TEXT, input: { ok: false, error } };
    }
    return { position, key: typeof value === 'string' ? value : String(position), text, input: { ok: true, value } };
  }
}
