import { AsyncLocalStorage } from 'node:async_hooks';
import { Cleaner } from './cleaner.ts';

/** The fields of a line, by name. Values may be anything: errors, nested objects, collections. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Fields that were bound around a piece of code, on top of those around that. */
class AmbientFields {
  readonly #fields: LogFields;
  readonly #outer: AmbientFields | undefined;
  #clean: LogFields | undefined;

  constructor(fields: LogFields, outer: AmbientFields | undefined) {
    this.#fields = fields;
    this.#outer = outer;
  }

  /** All of them, ready for a line. Most code logs nothing, so this is made when a line first needs it. */
  get clean(): LogFields {
    this.#clean ??= cleanFields(this.#outer?.clean, this.#fields);
    return this.#clean;
  }
}

const storage = new AsyncLocalStorage<AmbientFields>();

/**
 * Runs `fn` so that every line that is logged in it, and in everything it starts and awaits, carries these fields, whichever logger
 * writes it. Nested calls add to each other; the inner one wins. Costs about 0.2 µs. The object must not be changed afterwards: it is
 * read when the first line needs it.
 *
 * @example
 * await withLogFields({ run: 'r1', item: key, attempt: 1 }, () => fetchItem(key));
 */
export function withLogFields<T>(fields: LogFields, fn: () => T): T {
  return storage.run(new AmbientFields(fields, storage.getStore()), fn);
}

/** The fields that are bound where the caller runs. */
export function ambientFields(): LogFields | undefined {
  return storage.getStore()?.clean;
}

/** Fields made ready for lines, on top of others that are. */
export function cleanFields(below: LogFields | undefined, fields: LogFields): LogFields {
  const clean: Record<string, unknown> = { ...below };
  new Cleaner().addFields(clean, fields);
  return clean;
}
