/** A value of a structured field: a number, a text (strings and tokens), or a flag. */
export type BareItem = number | string | boolean;

/** One member of a list, with its parameters. */
export interface ListMember {
  readonly value: BareItem;
  readonly parameters: ReadonlyMap<string, BareItem>;
}

const KEY = /[a-z*][a-z0-9_.*-]*/y;
const NUMBER = /-?\d{1,15}(?:\.\d{1,3})?/y;
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*/y;
const BYTES = /:[A-Za-z0-9+/=]*:/y;

/**
 * Reads a list of items with parameters (RFC 9651, 4.2.1), without inner lists; undefined for what is not one: a field that cannot be parsed is
 * ignored as a whole (4.2).
 *
 * @example parseList('"default";r=50;t=30') // [{ value: 'default', parameters: Map { 'r' → 50, 't' → 30 } }]
 */
export function parseList(text: string): ListMember[] | undefined {
  const input = text.trim();
  const members: ListMember[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(input);
    if (found === null) return undefined;
    at = pattern.lastIndex;
    return found[1] ?? found[0];
  };
  const bareItem = (): BareItem | undefined => {
    if (input[at] === '"') return match(STRING)?.replace(/\\(.)/g, '$1');
    if (input[at] === '?') return match(/\?[01]/y)?.endsWith('1');
    if (input[at] === ':') return match(BYTES);
    const number = match(NUMBER);
    return number === undefined ? match(TOKEN) : Number(number);
  };
  while (at < input.length) {
    const value = bareItem();
    if (value === undefined) return undefined;
    const parameters = new Map<string, BareItem>();
    while (match(/; */y) !== undefined) {
      const key = match(KEY);
      if (key === undefined) return undefined;
      const given = match(/=/y) === undefined ? true : bareItem();
      if (given === undefined) return undefined;
      parameters.set(key, given);
    }
    members.push({ value, parameters });
    if (at === input.length) break;
    // A comma has to be followed by another member.
    if (match(/[ \t]*,[ \t]*/y) === undefined || at === input.length) return undefined;
  }
  return members;
}
