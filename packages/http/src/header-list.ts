import { inspect } from 'node:util';
import { type HeadText, lengthBit, splitHead } from './head-text.ts';

/**
 * The header fields of a response as they came: read only, names without regard to case, every line kept in its order.
 * Values are latin1 text: each character is one byte of the wire (RFC 9110 5.5), so nothing is lost.
 *
 * @example
 * reply.headers.get('content-type'); // 'text/html; charset=utf-8'
 */
export class HeaderList {
  #raw: readonly string[] | undefined;
  readonly #head: HeadText | undefined;

  /** Of names and values in turn, or of the text of a head, which is taken apart when somebody asks for its fields. */
  constructor(fields: readonly string[] | HeadText) {
    if ('text' in fields) this.#head = fields;
    else this.#raw = fields;
  }

  /** Name, value, name, value … as they came. */
  get raw(): readonly string[] {
    this.#raw ??= splitHead(this.#head!);
    return this.#raw;
  }

  /** The value, several lines joined with `', '` (RFC 9110 5.3); undefined when there is none. For `set-cookie` use {@link getAll}. */
  get(name: string): string | undefined {
    if (this.#lacks(name)) return undefined;
    const wanted = name.toLowerCase();
    const { raw } = this;
    let value: string | undefined;
    for (let i = 0; i < raw.length; i += 2) {
      if (isSameName(raw[i]!, wanted)) value = value === undefined ? raw[i + 1]! : `${value}, ${raw[i + 1]}`;
    }
    return value;
  }

  /** The value of every line with this name. */
  getAll(name: string): string[] {
    if (this.#lacks(name)) return [];
    const wanted = name.toLowerCase();
    const { raw } = this;
    const values: string[] = [];
    for (let i = 0; i < raw.length; i += 2) {
      if (isSameName(raw[i]!, wanted)) values.push(raw[i + 1]!);
    }
    return values;
  }

  /** Whether there is a line with this name. */
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Every line as `[name, value]`. */
  *[Symbol.iterator](): Generator<[name: string, value: string], undefined, undefined> {
    const { raw } = this;
    for (let i = 0; i < raw.length; i += 2) yield [raw[i]!, raw[i + 1]!];
  }

  /** Lower-case names with their value, or with all values where a name came more than once. */
  toJSON(): Record<string, string | string[]> {
    const fields = new Map<string, string | string[]>();
    for (const [name, value] of this) {
      const key = name.toLowerCase();
      const known = fields.get(key);
      fields.set(key, known === undefined ? value : [known, value].flat());
    }
    // fromEntries defines own properties, so a header named __proto__ is only a header.
    return Object.fromEntries(fields);
  }

  /** Certainly not there, without taking the head apart: no name is that long. */
  #lacks(name: string): boolean {
    return this.#head !== undefined && (this.#head.nameLengths & lengthBit(name.length)) === 0;
  }
}

// A computed name in the class would need a type that isolated declarations cannot give it.
Object.defineProperty(HeaderList.prototype, inspect.custom, {
  value(this: HeaderList): string {
    return `HeaderList ${inspect(this.toJSON())}`;
  },
});

/** `wanted` is in lower case. Lengths differ nearly always, and comparing them costs nothing. */
function isSameName(name: string, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted);
}
