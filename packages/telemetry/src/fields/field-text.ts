import type { Cleaner } from './cleaner.ts';
import { isSecretName, REDACTED } from './secrets.ts';

/** More fields than this are rare, and may be more than a line keeps. */
const MAX_FIELDS = 32;
/** Longer names, and names beyond so many, are data and not worth remembering. */
const MAX_NAME = 64;
const MAX_REMEMBERED = 2000;

/** Names of the line itself, and the one that is no ordinary field of an object. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'time', 'level', 'msg']);
const SECRET = `"${REDACTED}"`;

/** What there is to know of a name. */
interface Name {
  /** `,"name":` */
  readonly start: string;
  readonly isSecret: boolean;
}

const remembered = new Map<string, Name>();

/**
 * The clean fields as the inside of a JSON object, `,"a":1,"b":"x"`, with no object made on the way: what the ordinary line of a program
 * holds, some names with texts and numbers, costs little more than its characters.
 *
 * Undefined for what is not ordinary: names that `isTaken`, names of the line itself, many fields, a getter or `toJSON` that throws. Such a
 * line is made by way of an object.
 */
export function fieldText(
  cleaner: Cleaner,
  fields: Readonly<Record<string, unknown>>,
  isTaken: (name: string) => boolean,
): string | undefined {
  try {
    const names = Object.keys(fields);
    if (names.length > MAX_FIELDS) return undefined;
    let text = '';
    for (const key of names) {
      if (RESERVED.has(key) || isTaken(key)) return undefined;
      const value = fields[key];
      if (value === undefined) continue;
      const name = nameOf(key);
      const written = name.isSecret && value !== null ? SECRET : valueText(cleaner, value);
      if (written !== undefined) text += name.start + written;
    }
    return text;
  } catch {
    return undefined;
  }
}

function valueText(cleaner: Cleaner, value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(cleaner.text(value));
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return value === null ? 'null' : JSON.stringify(cleaner.value(value));
  }
}

function nameOf(key: string): Name {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const name = { start: `,${JSON.stringify(key)}:`, isSecret: isSecretName(key) };
  if (key.length <= MAX_NAME && remembered.size < MAX_REMEMBERED) remembered.set(key, name);
  return name;
}
