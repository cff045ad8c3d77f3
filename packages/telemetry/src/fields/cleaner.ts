import { errorFields } from './error-fields.ts';
import { isSecretName, REDACTED, redactUrls } from './secrets.ts';

/** How much of one line's fields is kept: so that what a line costs does not depend on what somebody put into it. */
export const LIMITS = {
  /** Objects inside one another, errors' causes included. */
  depth: 10,
  /** Values in a line, at any depth. */
  values: 1000,
  /** Characters of one text. */
  text: 16_384,
  /** Characters of all texts of a line. */
  texts: 65_536,
} as const;

/** Names that cannot be fields of an object, and those that a line has itself: such a field gets an underscore. */
const UNUSABLE: ReadonlySet<string> = new Set(['__proto__']);
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'time', 'level', 'msg']);

/** How far before a cut a URL may have begun whose credentials end behind it. */
const MAX_CREDENTIALS = 512;

/**
 * Makes plain, finite, harmless data of the fields of one line: secrets redacted, errors and collections readable, cycles and excess
 * cut. It runs the caller's getters and `toJSON`, and no error of theirs comes out.
 */
export class Cleaner {
  #values: number = LIMITS.values;
  #characters: number = LIMITS.texts;
  readonly #ancestors: object[] = [];

  /** Adds the clean fields of `source` to `target`, beside the line's own `time`, `level` and `msg`. */
  addFields(target: Record<string, unknown>, source: object): void {
    this.#attempt(() => this.#copy(target, source, RESERVED), undefined);
  }

  /** A text, cut to its limit, without the credentials of URLs. */
  text(text: string): string {
    const room = Math.min(LIMITS.text, this.#characters);
    this.#characters -= Math.min(room, text.length);
    return text.length <= room ? redactUrls(text) : cut(text, room);
  }

  /** The clean value of one property; the name alone may make it a secret. */
  property(source: object, key: string): unknown {
    return this.#attempt(() => {
      const value = (source as Record<string, unknown>)[key];
      return value !== undefined && value !== null && isSecretName(key) ? REDACTED : this.value(value);
    }, '[unreadable]');
  }

  value(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
      case 'undefined':
        return value;
      case 'bigint':
      case 'symbol':
        return this.text(String(value));
      case 'function':
        return '[function]';
      default:
        return value === null ? null : this.#object(value as object);
    }
  }

  /** Clean elements; one that follows the name of a secret is one: header lists are written `[name, value, …]` and `[[name, value], …]`. */
  list(elements: Iterable<unknown>): unknown[] {
    const list: unknown[] = [];
    let previous: unknown;
    for (const element of elements) {
      if (this.#values <= 0) {
        list.push('[…]');
        break;
      }
      list.push(typeof previous === 'string' && isSecretName(previous) ? REDACTED : this.#element(element));
      previous = element;
    }
    return list;
  }

  #element(element: unknown): unknown {
    if (typeof element !== 'object') this.#values -= 1;
    return this.#attempt(() => this.value(element), '[unreadable]');
  }

  #object(value: object): unknown {
    if (this.#ancestors.includes(value)) return '[circular]';
    if (this.#values <= 0 || this.#ancestors.length >= LIMITS.depth) return '[…]';
    this.#values -= 1;
    this.#ancestors.push(value);
    try {
      return this.#members(value);
    } finally {
      this.#ancestors.pop();
    }
  }

  #members(value: object): unknown {
    if (Array.isArray(value)) return this.list(value);
    if (Error.isError(value)) return errorFields(value, this);
    if (value instanceof Map) return this.#plain(Object.fromEntries(value));
    if (value instanceof Set) return this.list(value);
    if (value instanceof URL) return this.text(value.href);
    if (value instanceof RegExp) return this.text(String(value));
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    const { toJSON } = value as { toJSON?: unknown };
    return typeof toJSON === 'function' ? this.value(toJSON.call(value)) : this.#plain(value);
  }

  #plain(value: object): Record<string, unknown> {
    const plain: Record<string, unknown> = {};
    this.#copy(plain, value, UNUSABLE);
    return plain;
  }

  #copy(target: Record<string, unknown>, source: object, taken: ReadonlySet<string>): void {
    for (const key of Object.keys(source)) {
      if (this.#values <= 0) {
        target['…'] = '[…]';
        return;
      }
      this.#values -= 1;
      const value = this.property(source, key);
      if (value !== undefined) target[taken.has(key) ? `${key}_` : key] = value;
    }
  }

  #attempt<T>(read: () => T, otherwise: T): T {
    try {
      return read();
    } catch {
      return otherwise;
    }
  }
}

function cut(text: string, room: number): string {
  let kept = text.slice(0, room);
  // Credentials whose end is cut off would not be known for what they are.
  const lastUrl = kept.lastIndexOf('://');
  if (lastUrl > room - MAX_CREDENTIALS) kept = kept.slice(0, lastUrl);
  return `${redactUrls(kept)}… (${text.length - kept.length} more characters)`;
}
