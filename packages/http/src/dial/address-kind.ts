import { isIP } from 'node:net';

/** What an address is for (IANA special-purpose address registries, RFC 6890). Everything but `public` leads somewhere that a stranger should not choose. */
export type AddressKind =
  | 'public'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'shared'
  | 'multicast'
  | 'reserved';

type Range = readonly [first: number, bits: number, kind: AddressKind];

/** First address, prefix length, kind. */
const V4_RANGES: readonly Range[] = [
  [v4(0, 0, 0, 0), 8, 'unspecified'],
  [v4(10, 0, 0, 0), 8, 'private'],
  [v4(100, 64, 0, 0), 10, 'shared'],
  [v4(127, 0, 0, 0), 8, 'loopback'],
  [v4(169, 254, 0, 0), 16, 'link-local'],
  [v4(172, 16, 0, 0), 12, 'private'],
  [v4(192, 0, 0, 0), 24, 'reserved'],
  [v4(192, 0, 2, 0), 24, 'reserved'],
  [v4(192, 88, 99, 0), 24, 'reserved'],
  [v4(192, 168, 0, 0), 16, 'private'],
  [v4(198, 18, 0, 0), 15, 'reserved'],
  [v4(198, 51, 100, 0), 24, 'reserved'],
  [v4(203, 0, 113, 0), 24, 'reserved'],
  [v4(224, 0, 0, 0), 4, 'multicast'],
  [v4(240, 0, 0, 0), 4, 'reserved'],
];

/**
 * The kind of an IP address as text. An IPv6 form that leads to an IPv4 address (mapped, compatible, 6to4, NAT64) has the kind of that
 * address; what is no address is `reserved`.
 *
 * @example
 * addressKind('::ffff:7f00:1'); // 'loopback'
 */
export function addressKind(address: string): AddressKind {
  const family = isIP(address);
  if (family === 4) return v4Kind(parseV4(address));
  return family === 6 ? v6Kind(parseV6(address)) : 'reserved';
}

function v4Kind(address: number): AddressKind {
  for (const [first, bits, kind] of V4_RANGES) {
    if ((address ^ first) >>> (32 - bits) === 0) return kind;
  }
  return 'public';
}

/** By the eight groups of 16 bits. */
function v6Kind(groups: readonly number[]): AddressKind {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const last = ((g << 16) | h) >>> 0;
  if ((a | b | c | d | e) === 0) {
    // ::ffff:0:0/96 mapped (RFC 4291 2.5.5.2), ::ffff:0:0:0/96 is below; ::/96 compatible, but for :: and ::1.
    if (f === 0xffff) return v4Kind(last);
    if (f === 0) return last === 0 ? 'unspecified' : last === 1 ? 'loopback' : v4Kind(last);
  }
  // IPv4-translated, ::ffff:0:0:0/96 (RFC 7915 2.1).
  if ((a | b | c | d | f) === 0 && e === 0xffff) return v4Kind(last);
  // NAT64 (RFC 6052 2.1); 64:ff9b:1::/48 is for local use (RFC 8215).
  if (a === 0x64 && b === 0xff9b) return (c | d | e | f) === 0 ? v4Kind(last) : 'private';
  // 6to4 (RFC 3056).
  if (a === 0x2002) return v4Kind(((b << 16) | c) >>> 0);
  if ((a & 0xfe00) === 0xfc00) return 'private';
  if ((a & 0xffc0) === 0xfe80) return 'link-local';
  if ((a & 0xffc0) === 0xfec0) return 'private';
  if ((a & 0xff00) === 0xff00) return 'multicast';
  // Global unicast is 2000::/3 without 2001::/23 (Teredo and protocol assignments), 2001:db8::/32 and 3fff::/20 (documentation).
  if ((a & 0xe000) !== 0x2000) return 'reserved';
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return 'reserved';
  return a === 0x3fff && b < 0x1000 ? 'reserved' : 'public';
}

function v4(a: number, b: number, c: number, d: number): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function parseV4(text: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return v4(a, b, c, d);
}

/** The groups of an address that `isIP` has found good. */
function parseV6(text: string): readonly number[] {
  let bare = text.split('%', 1)[0]!;
  const dotted = /[^:]*\.[^:]*$/.exec(bare)?.[0];
  if (dotted !== undefined) {
    const value = parseV4(dotted);
    bare = `${bare.slice(0, -dotted.length)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
  }
  const [head = '', tail] = bare.split('::');
  const front = groupsOf(head);
  if (tail === undefined) return front;
  const back = groupsOf(tail);
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
