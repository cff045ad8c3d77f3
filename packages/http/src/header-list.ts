/**
 * The header fields of a response as they came: read only, names without regard to case, every line kept in its order.
 * Values are latin1 text: each character is one byte of the wire (RFC 9110 5.5), so nothing is lost.
 *
 * @example
 * reply.headers.get('content-type'); // 'text/html; charset=utf-8'
 */
export class HeaderList {
  /** Name, value, name, value … as they came. */
  readonly raw: readonly string[];

  constructor(raw: readonly string[]) {
    this.raw = raw;
  }

  /** The value, several lines joined with `', '` (RFC 9110 5.3); undefined when there is none. For `set-cookie` use {@link getAll}. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    let value: string | undefined;
    for (let i = 0; i < this.raw.length; i += 2) {
      if (isSameName(this.raw[i]!, wanted))
        value = value === undefined ? this.raw[i + 1]! : `${value}, ${this.raw[i + 1]}`;
    }
    return value;
  }

  /** The value of every line with this name. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (let i = 0; i < this.raw.length; i += 2) {
      if (isSameName(this.raw[i]!, wanted)) values.push(this.raw[i + 1]!);
    }
    return values;
  }

  /** Whether there is a line with this name. */
  has(name: string): boolean {
    const wanted = name.toLowerCase();
    for (let i = 0; i < this.raw.length; i += 2) {
      if (isSameName(this.raw[i]!, wanted)) return true;
    }
    return false;
  }

  /** Every line as `[name, value]`. */
  *[Symbol.iterator](): Generator<[name: string, value: string], undefined, undefined> {
    for (let i = 0; i < this.raw.length; i += 2) yield [this.raw[i]!, this.raw[i + 1]!];
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
}

/** `wanted` is in lower case. Lengths differ nearly always, and comparing them costs nothing. */
function isSameName(name: string, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted);
}
